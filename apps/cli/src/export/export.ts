import { existsSync } from 'node:fs'
import { oneLine } from '../projections/report.js'
import { addressOf, readSecret, secretOf, Unusable } from '../service-access.js'
import { BrokenOff } from './ask-export.js'
import { fetchExport } from './fetch-export.js'

export interface ExportOptions {
  readonly url: string
  readonly out: string
  readonly keyFile?: string
  readonly keyEnv?: string
  readonly format?: 'ndjson' | 'csv'
  readonly bom?: boolean
  readonly room?: string
  readonly account?: string
  readonly from?: string
  readonly to?: string
  readonly types?: string
}

/** The command. Exit code 0: the file is whole; 1: it could not be had, or not all of it; 2: what was asked for cannot be. */
export const exportRecord = async (options: ExportOptions): Promise<void> => {
  try {
    const { format = 'ndjson', out, bom } = options
    if (existsSync(out)) throw new Unusable(`--out: ${out} is there already`)
    if (bom && format !== 'csv') throw new Unusable('--bom goes with --format csv')
    const events = await fetchExport({
      base: addressOf('--url', options.url),
      secret: secretIn(options),
      filter: filterOf(options),
      format,
      bom,
      out,
    })
    const next = format === 'ndjson' ? ` Verify it: room-ledger verify ${out} --key PUBLIC-KEY` : ''
    process.stdout.write(`${out}: ${events} ${format === 'csv' ? 'lines' : 'events'}.${next}\n`)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    // With a code: the disk, a folder that is not there.
    if (!(error instanceof Unusable || error instanceof BrokenOff || typeof code === 'string')) throw error
    const goOn = error instanceof Unusable ? '' : ' Run the same command again: it goes on where it stood.'
    process.stderr.write(`${oneLine(message)}${goOn}\n`)
    process.exitCode = error instanceof Unusable ? 2 : 1
  }
}

const secretIn = ({ keyFile, keyEnv }: ExportOptions): string => {
  if ((keyFile === undefined) === (keyEnv === undefined))
    throw new Unusable('Give the API key by --key-file or by --key-env: one of the two.')
  return keyFile === undefined ? secretOf('--key-env', keyEnv!, process.env[keyEnv!] ?? '') : readSecret('--key-file', keyFile)
}

const filterOf = ({ room, account, from, to, types }: ExportOptions): Record<string, string> =>
  Object.fromEntries(
    Object.entries({ roomId: room, account, from, to, types }).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
