import { reasonOf, Unusable } from '../service-access.js'

/** The service was asked, and this came of it; to be tried again. */
export class BrokenOff extends Error {
  override readonly name = 'BrokenOff'
}

export interface ExportCall {
  readonly base: string
  readonly secret: string
  readonly query: URLSearchParams
}

/**
 * Asks for an export and gives its bytes as they come.
 * @throws Unusable for what asking again does not change, BrokenOff for what it may
 */
export async function* askExport({ base, secret, query }: ExportCall): AsyncGenerator<Buffer> {
  const answer = await fetch(`${base}/v1/audit/export?${query}`, {
    headers: { Authorization: `Bearer ${secret}` },
    // The secret is for this service: wherever else it points, the secret does not go.
    redirect: 'error',
  }).catch((error: unknown) => {
    throw new BrokenOff(`${base} does not answer (${reasonOf(error)})`, { cause: error })
  })
  if (answer.status !== 200 || !answer.body) throw await refusalOf(answer, base)
  try {
    for await (const piece of answer.body) yield Buffer.from(piece as Uint8Array)
  } catch (error) {
    throw new BrokenOff(`the answer broke off (${reasonOf(error)})`, { cause: error })
  }
}

const refusalOf = async (answer: Response, base: string): Promise<Error> => {
  const body = (await answer.json().catch(() => undefined)) as { type?: unknown; title?: string; detail?: string } | undefined
  if (answer.status === 401) return new Unusable('the service does not take the key')
  if (answer.status === 403) return new Unusable('the key lacks the scope audit:read')
  if (typeof body?.type !== 'string') return new Unusable(`there is no Room Ledger at ${base} (HTTP ${answer.status})`)
  const message = `${body.title ?? answer.status}: ${body.detail ?? ''}`
  return answer.status === 429 || answer.status >= 500 ? new BrokenOff(message) : new Unusable(message)
}
