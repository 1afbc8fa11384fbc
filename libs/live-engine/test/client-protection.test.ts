import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { ConfigurationFault, LiveEngine } from '#live-engine'
import { missesToOpen } from '../src/client/breaker.js'
import { clientOf } from './support/client.js'
import { fail, ok, type Behaviour } from './support/vendor-server.js'

const gatewayDown: Behaviour = (response) => response.writeHead(502).end()
const destroy = (live: LiveEngine) => live.destroyRoom({ roomId: 'r' })
const times = <Value>(count: number, make: (n: number) => Value): Value[] => Array.from({ length: count }, (_, n) => make(n))

/** As the vendor sees it: a busy machine lets some arrive late and together. That none leaves too soon is shown with the limiter. */
const mostInASecond = (calls: readonly { readonly at: number }[]): number =>
  Math.max(...calls.map(({ at: from }) => calls.filter(({ at }) => at >= from && at < from + 1000).length))

/** A vendor that can be taken away and brought back. */
const vendorThatLeaves = async (behaviour: Behaviour = gatewayDown) => {
  let away = true
  const given = await clientOf([
    (response, request) =>
      away && typeof behaviour === 'function' ? behaviour(response, request) : response.end(JSON.stringify(ok({ RoomInfo: {} }))),
  ])
  return { ...given, comesBack: () => (away = false) }
}

describe('calls beyond the rate', () => {
  it('given more at once than the queue holds, then those in it are made in their time, and the others not at all', async () => {
    const held: string[] = []
    const { live, vendor } = await clientOf([ok()], { rateLimit: 10, onHeld: (command, cause) => void held.push(`${command} ${cause}`) })
    const results = await Promise.all(times(30, () => destroy(live)))
    const made = results.filter(({ outcome }) => outcome === 'ok')
    expect(made.length).toBeGreaterThanOrEqual(19)
    expect(made.length).toBeLessThanOrEqual(21)
    expect(results.find(({ outcome }) => outcome === 'held')).toMatchObject({ cause: 'busy', retryAfterMs: expect.any(Number) })
    expect(held).toEqual(times(30 - made.length, () => 'destroy_room busy'))
    expect(vendor.calls).toHaveLength(made.length)
    expect(mostInASecond(vendor.calls)).toBeLessThanOrEqual(12)
  })

  it('given one API is busy, then another is not', async () => {
    const { live } = await clientOf([ok()], { rateLimit: 1 })
    void times(5, () => destroy(live))
    expect(await live.changeRoomOwner({ roomId: 'r', newOwner: 'ben' })).toMatchObject({ outcome: 'ok' })
  })

  it('given a permit, then its place is kept; given it is not used, then it is given back', async () => {
    const { live } = await clientOf([ok()], { rateLimit: 1 })
    const first = await live.admit('destroyRoom')
    const second = await live.admit('destroyRoom')
    expect(await live.admit('destroyRoom')).toMatchObject({ refused: 'busy' })
    first.permit!.release()
    expect((await live.admit('destroyRoom')).permit).toBeDefined()
    expect(await live.destroyRoom({ roomId: 'r' }, second.permit)).toMatchObject({ outcome: 'ok' })
  })

  it('given repetitions within a call, then they wait for their turn as well', async () => {
    const { live, vendor } = await clientOf([fail(60007), ok()], { rateLimit: 1 })
    expect(await destroy(live)).toMatchObject({ outcome: 'ok' })
    expect(vendor.calls[1]!.at - vendor.calls[0]!.at).toBeGreaterThanOrEqual(1000)
  })

  it('given the list of rooms, then ten a second are the most, whatever is set', async () => {
    const { live, vendor } = await clientOf([ok({ RoomList: [] })], { rateLimit: 200 })
    await Promise.all(times(15, () => live.getRoomList({ next: '', count: 20 })))
    expect(vendor.calls).toHaveLength(15)
    expect(mostInASecond(vendor.calls)).toBeLessThanOrEqual(12)
  })

  it('given looks in the background wait, when somebody waits for one, then that goes first', async () => {
    const { live, vendor } = await clientOf([ok({ RoomInfo: {} })], { rateLimit: 5 })
    const background = times(4, (n) => live.inBackground().getRoomInfo({ roomId: `background-${n}` }))
    await live.getRoomInfo({ roomId: 'asked' })
    await Promise.all(background)
    const rooms = vendor.calls.map(({ body }) => (body as { RoomId: string }).RoomId)
    expect(rooms).toHaveLength(5)
    expect(rooms.indexOf('asked')).toBeLessThanOrEqual(1)
  })
})

describe('a vendor that is away', () => {
  it('given ten calls without an answer, then none is made, until one that costs nothing finds it back', async () => {
    const { live, vendor, comesBack } = await vendorThatLeaves()
    for (const _ of times(missesToOpen, Number)) expect(await destroy(live)).toEqual({ outcome: 'unknown', cause: 'http-502' })
    expect(live.status().breaker).toBe('open')
    expect(await destroy(live)).toMatchObject({ outcome: 'held', cause: 'away', retryAfterMs: expect.any(Number) })
    expect(await live.getRoomInfo({ roomId: 'r' })).toMatchObject({ outcome: 'held', cause: 'away' })
    expect(await live.admit('createRoom')).toMatchObject({ refused: 'away' })
    expect(vendor.calls).toHaveLength(missesToOpen)

    comesBack()
    const refused = await live.admit('createRoom')
    await new Promise((resolve) => setTimeout(resolve, refused.refused ? Math.ceil(refused.retryAfterMs) + 5 : 0))
    const results = await Promise.all(times(20, () => destroy(live)))
    const [probe, ...writes] = vendor.calls.slice(missesToOpen).map(({ command }) => command)
    expect(probe).toBe('get_room_info')
    expect(new Set(writes)).toEqual(new Set(['destroy_room']))
    expect(results[0]).toMatchObject({ outcome: 'ok' })
    expect(live.status().breaker).toBe('closed')
    expect(await destroy(live)).toMatchObject({ outcome: 'ok' })
  })

  it('given it is still away, then one call a pause finds that out, and the pauses grow', async () => {
    const { live, vendor } = await vendorThatLeaves((response) => response.destroy())
    for (const _ of times(missesToOpen, Number)) await destroy(live)
    const deadline = performance.now() + 15_000
    while (vendor.calls.length < missesToOpen + 2 && performance.now() < deadline) {
      await Promise.all(times(10, () => destroy(live)))
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    const probes = vendor.calls.slice(missesToOpen)
    expect(probes.map(({ command }) => command)).toEqual(['get_room_info', 'get_room_info'])
    expect(probes[1]!.at - probes[0]!.at).toBeGreaterThanOrEqual(1990)
  })

  it('given it was admitted before, then a write is made all the same: its answer is open, not "come again"', async () => {
    const { live, vendor } = await vendorThatLeaves()
    const { permit } = await live.admit('destroyRoom')
    for (const _ of times(missesToOpen, Number)) await destroy(live)
    expect(live.status().breaker).toBe('open')
    expect(await live.destroyRoom({ roomId: 'r' }, permit)).toEqual({ outcome: 'unknown', cause: 'http-502' })
    expect(vendor.calls).toHaveLength(missesToOpen + 1)
  })

  it.each([
    ['refusals', fail(100004)],
    ['throttling', fail(70050)],
    ['faults of the configuration', fail(60010)],
    ['internal errors of the vendor', fail(100001)],
    ['answers that nobody understands', (response) => response.end('<html>')],
    ['HTTP 404', (response) => response.writeHead(404).end()],
  ] satisfies [string, Behaviour][])('given %s without end, then it is there', async (_what, behaviour) => {
    const { live, vendor } = await clientOf([behaviour])
    for (const _ of times(2 * missesToOpen, Number)) await destroy(live)
    expect(live.status().breaker).toBe('closed')
    expect(vendor.calls).toHaveLength(2 * missesToOpen)
  })

  it('given calls that are cut off, then that says nothing of the vendor', async () => {
    const { live } = await clientOf([() => {}], { timeoutMs: 60_000 })
    const calls = times(2 * missesToOpen, () => destroy(live))
    await new Promise((resolve) => setTimeout(resolve, 100))
    live.cutOff()
    await Promise.all(calls)
    expect(live.status().breaker).toBe('closed')
  })
})

describe('faults of the configuration', () => {
  it('given many calls, then each code is told once a minute, is not repeated to the vendor, and is remembered until it is mended', async () => {
    const told: ConfigurationFault[] = []
    const now = Date.parse('2026-03-26T00:00:00Z')
    const { live, vendor } = await clientOf([...times(3, () => fail(70009, 'wrong key')), fail(60010), fail(60009), fail(60009), ok()], {
      now: () => now,
      onConfigurationFault: (fault) => void told.push(fault),
    })
    for (const _ of times(6, Number)) await destroy(live)
    expect(vendor.calls).toHaveLength(6)
    const at = '2026-03-26T00:00:00.000Z'
    expect(told).toEqual([
      { errorCode: 70009, errorInfo: 'wrong key', command: 'destroy_room', at },
      { errorCode: 60010, errorInfo: 'no', command: 'destroy_room', at },
      { errorCode: 60009, errorInfo: 'no', command: 'destroy_room', at },
    ])
    expect(live.status().configurationFault).toMatchObject({ errorCode: 60009 })
    await destroy(live)
    expect(live.status().configurationFault).toBeUndefined()
  })

  it('given a minute has passed, then it is told again', async () => {
    const told: number[] = []
    const { live } = await clientOf([fail(60020)], { onConfigurationFault: ({ errorCode }) => void told.push(errorCode) })
    await destroy(live)
    await destroy(live)
    expect(told).toEqual([60020])
    const real = performance.now.bind(performance)
    const later = vi.spyOn(performance, 'now').mockImplementation(() => real() + 61_000)
    onTestFinished(() => later.mockRestore())
    await destroy(live)
    expect(told).toEqual([60020, 60020])
  })
})
