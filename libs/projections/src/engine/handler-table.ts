import { ProjectionFault } from './fault.js'
import type { ProjectionFunction, Query } from './query.js'

type Handlers = Pick<Query, 'handlers' | 'any' | 'init' | 'created'>

/** Collects handlers by name and knows the names that begin with `$`. */
export const createHandlerTable = () => {
  const handlers = new Map<string, ProjectionFunction>()
  const created: ProjectionFunction[] = []
  let any: ProjectionFunction | undefined
  let init: ProjectionFunction | undefined
  let deleted = false

  const add = (name: string, handler: ProjectionFunction): void => {
    switch (name) {
      case '$init':
        init = handler
        return
      case '$any':
        any = handler
        return
      case '$created':
        created.push(handler)
        return
      case '$deleted':
        deleted = true
        return
      case '$initShared':
        throw new ProjectionFault('$initShared (shared state) is not supported by the embedded engine')
      default:
        if (handlers.has(name)) throw new ProjectionFault(`two handlers for ${name}`)
        handlers.set(name, handler)
    }
  }

  const finish = (foreachStream: boolean): Handlers => {
    // EventStoreDB would run on every event then, and make its text the state.
    if (!any && handlers.size === 0) throw new ProjectionFault('when() has no handler for any event')
    // EventStoreDB drops the $any silently or refuses to start, depending on the order they are written in.
    if (any && handlers.size > 0) throw new ProjectionFault('$any cannot stand beside named handlers')
    // The embedded store deletes no stream, so an accepted $deleted never has anything to do.
    if (deleted && !foreachStream) throw new ProjectionFault('$deleted needs foreachStream()')
    return { handlers, any, init, created }
  }

  return { add, finish }
}
