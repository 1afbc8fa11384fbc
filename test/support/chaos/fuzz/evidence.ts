import { createHash } from 'node:crypto'
import type { RecordedEvent } from '#event-store'
import { problemTypes } from '../../../../libs/platform/src/problems/problem-types.js'
import type { Exchange } from '../relay.js'
import type { RawAnswer, RawRequest, Silence } from './raw-http.js'

const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex')
const isCallback = ({ path }: RawRequest): boolean => path.startsWith('/callbacks/')

/** Collects what was answered, and holds the log against it. @param secrets what no answer may hold */
export const createEvidence = (secrets: readonly string[]) => {
  const faults: string[] = []
  const statuses = new Map<string, number>()
  /** SHA-256 of the bodies of callbacks that were acknowledged; true: with a place in the log. */
  const acknowledged = new Map<string, boolean>()
  const operations = new Set<string>()
  let keysWithoutOperation = 0

  const fault = (request: RawRequest, what: string): void => {
    const body = request.body?.subarray(0, 300).toString('latin1') ?? ''
    if (faults.length < 50)
      faults.push(`${what}: ${request.method} ${request.path.slice(0, 300)} ${JSON.stringify(request.headers).slice(0, 300)} ${body}`)
  }

  const takeAnswer = (request: RawRequest, { status, headers, body }: RawAnswer): void => {
    if (secrets.some((secret) => body.includes(secret))) fault(request, 'an answer holds a secret')
    if (/\bat .{0,80}\.[jt]s:\d+|node_modules/.test(body)) fault(request, 'an answer holds a stack trace')
    const isHead = request.method === 'HEAD'
    const json = isHead || !/json/.test(headers.get('content-type') ?? '') ? undefined : parse(body)
    if (status >= 400 && !isHead) {
      const type = String(json?.['type'])
      const known = Object.entries(problemTypes).find(([slug]) => type === `/problems/${slug}`)?.[1]
      const isReadiness = request.path.startsWith('/health/') && status === 503
      if (!isReadiness && (!known || known.status !== status || !headers.get('content-type')?.startsWith('application/problem+json')))
        fault(request, `${status} is no problem of ours: ${body.slice(0, 300)}`)
      else if (type === '/problems/internal-error') fault(request, `500: ${body.slice(0, 300)}`)
      if ((status === 503 || status === 429) && !headers.has('retry-after')) fault(request, `${status} without Retry-After`)
    } else if (status >= 500) fault(request, `${status} to a HEAD`)
    if (isCallback(request)) {
      if (status === 200 && request.method === 'POST') {
        const id = sha256(request.body ?? '')
        acknowledged.set(id, acknowledged.get(id) === true || headers.has('ledger-position'))
      }
      return
    }
    if (typeof json?.['operationId'] === 'string') operations.add(json['operationId'])
    else if (request.headers.some(([name]) => name === 'Idempotency-Key')) keysWithoutOperation += 1
  }

  return {
    take: (request: RawRequest, answer: RawAnswer | Silence): void => {
      const kind = isCallback(request) ? 'callbacks' : 'api'
      const name = `${kind} ${typeof answer === 'string' ? answer : answer.status}`
      statuses.set(name, (statuses.get(name) ?? 0) + 1)
      if (typeof answer !== 'string') takeAnswer(request, answer)
      else if (answer === 'late' || !request.ends) fault(request, `no answer (${answer})`)
    },

    violations: (log: readonly RecordedEvent[], fromVendor: readonly Exchange[]): string[] => {
      const told = new Set([...acknowledged.keys(), ...fromVendor.flatMap(({ status, body }) => (status === 200 ? [sha256(body)] : []))])
      const wrong: string[] = [...faults]
      const stored = new Set<string>()
      const strangers = { claims: 0 }
      for (const { id, stream, type, data, metadata } of log) {
        // What the service tells of its own: who looked, what it signed, how far consumers are.
        if (/^(audit|feedConsumer)/.test(stream)) continue
        const body = metadata['callback'] as { readonly body: string; readonly command: string } | undefined
        if (body) {
          const sha = sha256(body.body)
          if (!told.has(sha)) wrong.push(`event ${id} (${type}) is a callback that was not acknowledged: ${body.body.slice(0, 300)}`)
          // The same body under another command is another callback.
          const place = `${stream} ${body.command} ${sha}`
          if (stored.has(place)) wrong.push(`a callback stands twice in ${stream}: ${body.body.slice(0, 300)}`)
          stored.add(place).add(sha)
        } else if (type === 'IdempotencyKeyClaimed') strangers.claims += operations.has(String(data['operationId'])) ? 0 : 1
        else if (type.endsWith('Requested') || /^Request(Accepted|Rejected|Unresolved)$/.test(type)) {
          if (!operations.has(String(data['operationId']))) wrong.push(`nobody was told of the operation of event ${id} (${type})`)
        } else if (metadata['source'] !== 'reconciliation') wrong.push(`event ${id} in ${stream} (${type}) is nobody's`)
      }
      for (const [sha, placed] of acknowledged)
        if (placed && !stored.has(sha)) wrong.push(`a callback with the SHA-256 ${sha} was acknowledged and is not in the log`)
      if (strangers.claims > keysWithoutOperation) wrong.push(`${strangers.claims} keys are claimed, of which nobody was told`)
      return wrong.slice(0, 60)
    },

    figures: (log: readonly RecordedEvent[]): Readonly<Record<string, number>> => ({
      ...Object.fromEntries([...statuses].toSorted(([a], [b]) => (a < b ? -1 : 1))),
      'callbacks acknowledged': acknowledged.size,
      operations: operations.size,
      events: log.length,
    }),
  }
}

const parse = (body: string): Record<string, unknown> | undefined => {
  try {
    return JSON.parse(body) as Record<string, unknown>
  } catch {
    return undefined
  }
}
