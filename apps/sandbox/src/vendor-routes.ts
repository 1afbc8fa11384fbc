import { configService, restPlatform, roomService } from '#live-engine/wire'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { authenticate, type CallQuery } from './authentication.js'
import type { CallbackTarget } from './callbacks/target.js'
import { configCommands } from './commands/callback-config.js'
import { isObject } from './commands/is-object.js'
import { roomCommands } from './commands/table.js'
import type { Faults } from './control/faults.js'
import { envelope } from './envelope.js'
import { refuse, type Outcome } from './outcome.js'
import type { RateLimit } from './rate-limit.js'
import type { World } from './rooms/world.js'
import type { SandboxSettings } from './settings.js'

export interface VendorContext {
  readonly settings: SandboxSettings
  readonly world: World
  readonly target: CallbackTarget
  readonly faults: Faults
  readonly rateLimit: RateLimit
  readonly hangMs: number
  readonly changed: () => void
}

/** The vendor's paths. Whatever happens there is HTTP 200 with an envelope, except what the faults do to the network. */
export function vendorRoutes(app: FastifyInstance, context: VendorContext): void {
  // The vendor reads every body as JSON, whatever the header calls it; and what cannot be read is for its envelope to say.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body))
  app.setErrorHandler((error: FastifyError, request, reply) => {
    // What Fastify itself refuses (a body beyond its limit, say) is a format error to the vendor's callers; the rest is a defect.
    if (request.url.startsWith('/v4/') && (error.statusCode ?? 500) < 500)
      return reply.code(200).send(envelope(refuse(60003, error.message)))
    return reply.send(error)
  })

  app.all('/v4/*', async (_request, reply) => reply.send(envelope(refuse(60009, 'request path is wrong'))))
  app.post<{ Params: { command: string } }>(`/v4/${roomService}/:command`, async (request, reply) =>
    roomCall(context, request.params.command, request, reply),
  )
  app.post<{ Params: { command: string } }>(`/v4/${configService}/:command`, async (request, reply) => {
    const { command } = request.params
    const config = configCommands.get(command)
    const call = config ? admit(context, command, request) : refuse(60009, 'request path is wrong')
    if (!('body' in call)) return reply.send(envelope(call))
    const outcome = config?.(context.target, call.body) ?? refuse(60009, 'request path is wrong')
    context.changed()
    return reply.send(envelope(outcome))
  })
}

async function roomCall(context: VendorContext, command: string, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const known = roomCommands.get(command)
  if (!known) return reply.send(envelope(refuse(60009, 'request path is wrong')))
  const call = admit(context, command, request)
  if (!('body' in call)) return reply.send(envelope(call))

  const fault = context.faults.forCall(command, roomIdOf(call.body), known.writes)
  if (fault.kind === 'http502') return reply.code(502).type('text/html').send('<html><body>502 Bad Gateway</body></html>')
  if (fault.kind === 'timeout') return hang(reply, context.hangMs)
  if (fault.kind === 'failWith') return reply.send(envelope(refuse(fault.code, 'refused by a fault of the sandbox')))

  const lost = fault.kind === 'acceptThenTimeout'
  const actor = {
    account: call.identifier,
    platform: restPlatform,
    clientIp: request.ip,
    answered: lost ? Promise.resolve() : answered(reply),
  }
  const outcome = known.deed(context.world, actor, call.body)
  if (known.writes) context.changed()
  return lost ? hang(reply, context.hangMs) : reply.send(envelope(outcome))
}

/** Signature, rate and JSON, in this order. */
function admit(
  context: VendorContext,
  command: string,
  request: FastifyRequest,
): { identifier: string; body: Record<string, unknown> } | Outcome {
  const caller = authenticate(request.query as CallQuery, context.settings, context.world.now)
  if (!('identifier' in caller)) return caller
  if (!context.rateLimit.admit(command)) return refuse(60007, 'API is called too frequently')
  const body = readJson(request.body)
  return body ? { identifier: caller.identifier, body } : refuse(60003, 'request body is not a JSON object')
}

function readJson(text: unknown): Record<string, unknown> | undefined {
  try {
    const value: unknown = typeof text === 'string' ? JSON.parse(text) : undefined
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

function roomIdOf(body: Record<string, unknown>): string {
  const info = body['RoomInfo']
  return String(isObject(info) ? info['RoomId'] : body['RoomId'])
}

/** Settles when the answer is out, or the caller gone: what was done is told in either case. */
function answered(reply: FastifyReply): Promise<void> {
  return new Promise((resolve) => {
    reply.raw.once('finish', resolve)
    reply.raw.once('close', resolve)
  })
}

/** Leaves the caller without an answer, and cuts the line in the end. */
function hang(reply: FastifyReply, ms: number): FastifyReply {
  reply.hijack()
  const cut = setTimeout(() => reply.raw.destroy(), ms).unref()
  reply.raw.once('close', () => clearTimeout(cut))
  return reply
}
