import { readFileSync } from 'node:fs'

/** What was given cannot be used. The message is meant for the user, and holds no secret. */
export class Unusable extends Error {
  override readonly name = 'Unusable'
}

/** Where a service is, such as `http://127.0.0.1:3000`, without a slash at the end. @throws Unusable naming the option */
export const addressOf = (option: string, service: string): string => {
  const url = URL.parse(service)
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || url.search || url.hash)
    throw new Unusable(`${option} must be an address such as http://127.0.0.1:3000`)
  return url.href.replace(/\/+$/, '')
}

/** The secret of an API key out of a file. @throws Unusable naming the option, never what is in the file */
export const readSecret = (option: string, file: string): string => {
  try {
    return secretOf(option, file, readFileSync(file, 'utf8'))
  } catch (error) {
    if (error instanceof Unusable) throw error
    throw new Unusable(`${option}: ${file} cannot be read (${reasonOf(error)})`, { cause: error })
  }
}

/** @param where the secret was found: a file, a variable */
export const secretOf = (option: string, where: string, content: string): string => {
  const text = content.trim()
  // The file of API keys is near at hand, and is none: it holds hashes.
  if (!/^[\x21-\x7e]+$/.test(text) || text.startsWith('['))
    throw new Unusable(`${option}: ${where} must hold the secret of an API key, and nothing else`)
  return text
}

/** Why a call or a file failed, in a word. */
export const reasonOf = (error: unknown): string => {
  const { code, name, cause } = error as { code?: unknown; name?: string; cause?: { code?: unknown } }
  return String(cause?.code ?? (typeof code === 'string' ? code : name))
}
