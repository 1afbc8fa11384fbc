import { largestNote, type CheckpointSink } from './checkpoint-sink.js'

/** Milliseconds for one request. */
const patienceMs = 10_000

/**
 * An address that takes `PUT {url}/checkpoint-{size}.txt` and `PUT {url}/latest.txt`, and gives the latter again. A user
 * and password in the address are sent as Basic authentication, a query with every request.
 */
export const httpsSink = (place: string): CheckpointSink => {
  const { username, password, host, ...rest } = partsOf(place)
  const authorization = username === '' ? {} : { Authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` }
  const name = `https://${host}`
  const ask = async (file: string, init: RequestInit): Promise<Response> => {
    const url = `${name}${rest.path}/${file}${rest.search}`
    const headers = { ...authorization, 'Content-Type': 'text/plain; charset=utf-8' }
    // Whom a redirect leads to is nobody's decision but the operator's.
    return fetch(url, { ...init, headers, redirect: 'manual', signal: AbortSignal.timeout(patienceMs) }).catch((error: unknown) => {
      throw new Error(`${name} gave no answer (${causeOf(error)})`, { cause: error })
    })
  }
  return {
    name,
    latest: async () => {
      const answer = await ask('latest.txt', { method: 'GET' })
      if (answer.status === 404) return void (await answer.body?.cancel())
      if (answer.status !== 200) {
        await answer.body?.cancel()
        throw new Error(`${name} answered ${answer.status} when asked for latest.txt`)
      }
      return textOf(answer, name)
    },
    put: async (size, note) => {
      for (const file of [`checkpoint-${size}.txt`, 'latest.txt']) {
        const answer = await ask(file, { method: 'PUT', body: note })
        await answer.body?.cancel()
        if (!answer.ok) throw new Error(`${name} answered ${answer.status} to PUT ${file}`)
      }
    },
  }
}

const partsOf = (place: string) => {
  const { username, password, host, pathname, search } = new URL(place)
  return {
    username: decodeURIComponent(username),
    password: decodeURIComponent(password),
    host,
    path: pathname.replace(/\/+$/, ''),
    search,
  }
}

const textOf = async ({ body }: Response, name: string): Promise<string> => {
  const pieces: Uint8Array[] = []
  let length = 0
  for await (const piece of body ?? []) {
    length += piece.length
    if (length > largestNote) throw new Error(`${name} answered with more than a note when asked for latest.txt`)
    pieces.push(piece)
  }
  return Buffer.concat(pieces).toString()
}

/** What fetch says itself is only that it failed. */
const causeOf = (error: unknown): string => {
  const { name, message, cause } = error as Error
  if (name === 'TimeoutError') return `none within ${patienceMs / 1000} s`
  return cause instanceof Error ? ((cause as NodeJS.ErrnoException).code ?? cause.message) : message
}
