/** What each event has once, and nothing else has. */
const mark = Buffer.from('\ndata:')

export interface CountOptions {
  readonly onHead: (status: number) => void
  /** Told the body itself, where somebody wants to look at it. */
  readonly onText?: (text: string) => void
}

/**
 * Counts the events in an answer, chunked (RFC 9112, 7.1) or not, without reading them: a thousand subscribers in one process must not
 * be what is measured.
 * @returns takes the next bytes from the line; gives the number of events that they begin the data of
 */
export const countEvents = ({ onHead, onText }: CountOptions): ((bytes: Buffer) => number) => {
  const decoder = new TextDecoder()
  let head = ''
  let isBody = false
  /** Of the current chunk, with the line end behind it. */
  let left = 0
  let sizeLine = ''
  let tail = Buffer.alloc(0)

  const inBody = (body: Buffer): number => {
    onText?.(decoder.decode(body, { stream: true }))
    const seam = Buffer.concat([tail, body.subarray(0, mark.length - 1)])
    let found = tail.length > 0 && seam.includes(mark) ? 1 : 0
    for (let at = body.indexOf(mark); at >= 0; at = body.indexOf(mark, at + mark.length)) found += 1
    tail = Buffer.from(body.length >= mark.length ? body.subarray(1 - mark.length) : seam.subarray(1 - mark.length))
    return found
  }

  const inChunks = (bytes: Buffer): number => {
    let found = 0
    for (let at = 0; at < bytes.length;) {
      if (left > 0) {
        const body = bytes.subarray(at, at + Math.min(left, bytes.length - at))
        // The line end is no part of the body.
        found += inBody(body.subarray(0, Math.max(0, Math.min(body.length, left - 2))))
        left -= body.length
        at += body.length
        continue
      }
      const end = bytes.indexOf(10, at)
      sizeLine += bytes.toString('latin1', at, end < 0 ? bytes.length : end)
      if (end < 0) return found
      left = Number.parseInt(sizeLine, 16) + 2
      sizeLine = ''
      at = end + 1
    }
    return found
  }

  return (bytes) => {
    if (isBody) return inChunks(bytes)
    head += bytes.toString('latin1')
    const end = head.indexOf('\r\n\r\n')
    if (end < 0) return 0
    isBody = true
    onHead(Number(head.split(' ')[1]))
    const rest = Buffer.from(head.slice(end + 4), 'latin1')
    if (!/^transfer-encoding: *chunked/im.test(head.slice(0, end))) left = Infinity
    head = ''
    return inChunks(rest)
  }
}
