export interface SseMessage {
  /** The last event id, which may be that of an earlier block. */
  readonly id: string
  readonly event: string
  readonly data: string
}

export interface SseParserOptions {
  readonly lastEventId?: string | undefined
  readonly onMessage: (message: SseMessage) => void
  readonly onComment?: (comment: string) => void
}

/**
 * Reads server-sent events out of text that comes in pieces (https://html.spec.whatwg.org/multipage/server-sent-events.html).
 * The usual package has a `source` condition of its own, which resolves to TypeScript that Node does not run below
 * `node_modules`, so it cannot stand beside ours.
 */
export const createSseParser = ({ lastEventId, onMessage, onComment = () => undefined }: SseParserOptions) => {
  let known = lastEventId
  let id = lastEventId
  let event = ''
  let data: string[] = []
  let rest = ''
  let within = false

  /** A block counts only once its blank line is there; its id does so even without data. */
  const dispatch = (): void => {
    known = id
    if (data.length > 0) onMessage({ id: known ?? '', event: event || 'message', data: data.join('\n') })
    event = ''
    data = []
    within = false
  }

  const line = (text: string): void => {
    if (text === '') return dispatch()
    const colon = text.indexOf(':')
    const value = colon < 0 ? '' : text.slice(text[colon + 1] === ' ' ? colon + 2 : colon + 1)
    if (colon === 0) return onComment(value)
    within = true
    switch (colon < 0 ? text : text.slice(0, colon)) {
      case 'id':
        if (!value.includes('\0')) id = value
        return
      case 'event':
        event = value
        return
      case 'data':
        data.push(value)
    }
  }

  return {
    lastEventId: (): string | undefined => known,
    /** Whether a block has begun that is not whole. */
    isWithin: (): boolean => within || rest !== '',
    feed: (piece: string): void => {
      const text = rest + piece
      // A carriage return at the very end may be half of a line's end.
      const lines = text.split(text.endsWith('\r') ? /\r\n|\n|\r(?!$)/ : /\r\n|\n|\r/)
      rest = lines.pop()!
      for (const each of lines) line(each)
    },
  }
}
