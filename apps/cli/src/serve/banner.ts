export interface BannerParts {
  readonly serviceUrl: string
  readonly url: string
  readonly apiKey: string | undefined
  readonly roomId: string
}

/** What a newcomer needs next: where things are, three lines that work as they stand, and one to watch what they do. */
export const banner = ({ serviceUrl, url, apiKey, roomId }: BannerParts): string => {
  const key = apiKey ?? 'YOUR_API_KEY'
  const auth = `-H 'Authorization: Bearer ${key}'`
  const room = `${serviceUrl}/v1/rooms/${encodeURIComponent(roomId)}`
  return [
    '',
    'Room Ledger is ready, with a sandbox of the vendor (no LIVE_BASE_URL is set).',
    '',
    `  Service   ${serviceUrl}   API page ${serviceUrl}/docs`,
    `  Sandbox   ${url}   its rooms ${url}/_sandbox/rooms`,
    `  API key   ${key}`,
    '',
    'Try it:',
    '',
    `  curl -s ${auth} ${room}`,
    `  curl -s -X PUT ${auth} -H 'Content-Type: application/json' -H 'Prefer: wait=5' -d '{"newOwner":"dora","reason":"trying it out"}' ${room}/owner`,
    `  curl -s ${auth} ${room}/owners`,
    '',
    'Watch it happen, in another window:',
    '',
    `  curl -N ${auth} ${serviceUrl}/v1/events/stream`,
    '',
  ].join('\n')
}
