import type { FastifyInstance, FastifyReply } from 'fastify'
import type { CallbackSender } from './callbacks/sender.js'
import { act } from './control/act.js'
import { noFaults, type Faults } from './control/faults.js'
import { readFaults } from './control/read-faults.js'
import { readTimers, type Timers } from './control/timers.js'
import { truth } from './control/truth.js'
import type { World } from './rooms/world.js'

export interface ControlContext {
  readonly world: World
  readonly faults: Faults
  readonly sender: CallbackSender
  readonly timers: () => Timers
  readonly setTimers: (timers: Timers) => void
  readonly changed: () => void
}

/** The stand-in's own paths, `/_sandbox/…`: plain JSON, no credential, real status codes. Nothing of this exists at the vendor. */
export function controlRoutes(app: FastifyInstance, { world, faults, sender, timers, setTimers, changed }: ControlContext): void {
  app.get('/_sandbox/faults', async () => faults.settings())
  app.put('/_sandbox/faults', async (request, reply) => {
    const read = readFaults(parse(request.body))
    if ('errors' in read) return malformed(reply, read.errors)
    faults.replace(read.settings)
    return faults.settings()
  })
  app.delete('/_sandbox/faults', async () => {
    faults.replace(noFaults)
    return faults.settings()
  })

  app.get('/_sandbox/timers', async () => timers())
  app.put('/_sandbox/timers', async (request, reply) => {
    const read = readTimers(parse(request.body))
    if ('errors' in read) return malformed(reply, read.errors)
    setTimers(read.timers)
    changed()
    return read.timers
  })

  app.post('/_sandbox/act', async (request, reply) => {
    const result = act(world, parse(request.body), Promise.resolve())
    if ('errors' in result) return malformed(reply, result.errors)
    changed()
    return result.ok
      ? { ok: true, ...result.response }
      : reply.code(409).send({ ok: false, errorCode: result.code, errorInfo: result.info })
  })

  app.get('/_sandbox/rooms', async () => truth(world.rooms))
  app.delete('/_sandbox/rooms', async (_request, reply) => {
    sender.cancel()
    world.rooms.clear()
    changed()
    return reply.code(204).send()
  })
  app.get('/_sandbox/callbacks', async () => ({ items: sender.deliveries() }))
}

/** @returns undefined for what is not JSON, which no reader accepts */
function parse(text: unknown): unknown {
  try {
    return typeof text === 'string' ? JSON.parse(text) : undefined
  } catch {
    return undefined
  }
}

function malformed(reply: FastifyReply, errors: Record<string, string>): FastifyReply {
  return reply.code(400).send({ ok: false, errors })
}
