export interface DemoParts {
  readonly serviceUrl: string
  readonly sandboxUrl: string
  readonly apiKey: string | undefined
}

interface DemoRoom {
  readonly roomId: string
  readonly roomName: string
  readonly owner: string
  readonly seatTemplate: string
}

const rooms: readonly DemoRoom[] = [
  { roomId: 'morning-show', roomName: 'The morning show', owner: 'anna', seatTemplate: 'VideoDynamicGrid9Seats' },
  { roomId: 'karaoke-night', roomName: 'Karaoke night', owner: 'ben', seatTemplate: 'Karaoke' },
  { roomId: 'cooking-class', roomName: 'Cooking class', owner: 'carla', seatTemplate: 'VideoLandscape4Seat' },
  { roomId: 'book-club', roomName: 'Book club', owner: 'anna', seatTemplate: 'AudioSalon' },
]

/** Gives a fresh sandbox a handful of rooms with some life in them; a sandbox that has rooms is left as it is. */
export const seedDemo = async (parts: DemoParts): Promise<{ roomId: string }> => {
  const roomId = rooms[0]!.roomId
  const found = await call(`${parts.serviceUrl}/v1/rooms?limit=1`, parts.apiKey)
  const isFresh = (found as { items?: unknown[] }).items?.length === 0
  if (parts.apiKey === undefined || !isFresh) return { roomId }

  const command = (method: string, path: string, body?: object) =>
    call(`${parts.serviceUrl}/v1/rooms${path}`, parts.apiKey, method, body, { Prefer: 'wait=3' })
  const act = (deed: object) => call(`${parts.sandboxUrl}/_sandbox/act`, undefined, 'POST', deed)

  await Promise.all(rooms.map((room) => command('POST', '', { ...room, reason: 'demo' })))
  await command('PATCH', '/morning-show', { notice: 'On air at seven', category: [1, 4], reason: 'demo' })
  await command('PUT', '/morning-show/owner', { newOwner: 'ben', reason: 'anna is on holiday' })
  await act({ roomId: 'karaoke-night', account: 'ben', deed: 'rename', roomName: 'Karaoke all night' })
  await act({ roomId: 'karaoke-night', account: 'ben', deed: 'transferOwner', newOwner: 'carla' })
  await act({ roomId: 'cooking-class', account: 'dora', deed: 'enter' })
  await act({ roomId: 'book-club', account: 'anna', deed: 'dissolve' })
  return { roomId }
}

const call = async (
  url: string,
  apiKey?: string,
  method = 'GET',
  body?: object,
  headers: Record<string, string> = {},
): Promise<unknown> => {
  const response = await fetch(url, {
    method,
    headers: { ...(body && { 'Content-Type': 'application/json' }), ...(apiKey && { Authorization: `Bearer ${apiKey}` }), ...headers },
    ...(body && { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return text ? JSON.parse(text) : {}
}
