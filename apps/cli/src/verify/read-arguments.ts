import { existsSync, readFileSync } from 'node:fs'
import { readTrust, type Trust } from '#audit-log'
import { reasonOf, Unusable } from '../service-access.js'

export interface VerifyOptions {
  readonly key: string
  readonly checkpoint?: string
  readonly rotations?: string
  readonly origin?: string
}

/** @throws Unusable naming the option */
export const readArguments = ({ key, checkpoint, rotations, origin }: VerifyOptions): { trust: Trust; old: string | undefined } => {
  const statements = rotations === undefined ? [] : statementsIn(read('--rotations', rotations), rotations)
  const trusted = readTrust(isVkey(key) && !existsSync(key) ? key : read('--key', key), statements, origin)
  if (!trusted.ok) throw new Unusable(`--key: ${trusted.why}`)
  return { trust: trusted.trust, old: checkpoint === undefined ? undefined : read('--checkpoint', checkpoint) }
}

/** A key may stand on the command line itself. */
const isVkey = (text: string): boolean => /^[^+\s]+\+[\da-f]{8}\+\S+$/.test(text)

const read = (option: string, file: string): string => {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new Unusable(`${option}: ${file} cannot be read (${reasonOf(error)})`, { cause: error })
  }
}

/** What GET /v1/audit/public-keys answers. */
const statementsIn = (text: string, file: string): string[] => {
  try {
    const { items } = JSON.parse(text) as { items: { statement: unknown }[] }
    return items.map(({ statement }) => statement).filter((statement) => typeof statement === 'string')
  } catch {
    throw new Unusable(`--rotations: ${file} is not what GET /v1/audit/public-keys answers`)
  }
}
