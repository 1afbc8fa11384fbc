import { describe, expect, it } from 'vitest'
import { adoptAll } from '../src/adopt/adopt-all.js'
import type { Adopter, Adoption, ListedRooms } from '../src/adopt/adopter.js'
import { listPublic } from '../src/adopt/list-public.js'

const unclear = { outcome: 'unclear', reason: 'the vendor gave no clear answer' } as const

/** A ledger that answers by the room, or by the page, and by how often it was asked for it. */
const given = (adopt: (roomId: string, time: number) => Adoption, list: (next: string, time: number) => ListedRooms = () => unclear) => {
  const asked = new Map<string, number>()
  const time = (key: string): number => {
    asked.set(key, (asked.get(key) ?? 0) + 1)
    return asked.get(key)!
  }
  const adopter: Adopter = {
    adopt: async (roomId) => adopt(roomId, time(roomId)),
    list: async (next) => list(next, time(`page ${next}`)),
    close: async () => undefined,
  }
  let advanced = 0
  const step = { advance: (count = 1) => void (advanced += count), end: () => undefined }
  return { adopter, asked, step, advanced: () => advanced }
}
const names = (count: number): string[] => Array.from({ length: count }, (_, n) => `room-${n}`)

describe('adopting room by room', () => {
  it('given answers of each kind, then each is counted as what it is, and none is asked for twice', async () => {
    const outcomes = ['adopted', 'known', 'absent', 'failed'] as const
    const { adopter, asked, step, advanced } = given((roomId) => {
      const outcome = outcomes[Number(roomId.slice(5)) % 4]!
      return outcome === 'failed' ? { outcome, reason: 'refused' } : { outcome }
    })
    const tally = await adoptAll(adopter, names(40), step)
    expect(tally).toMatchObject({ adopted: 10, known: 10, untried: 0 })
    expect([tally.absent.length, tally.failed.length, advanced()]).toEqual([10, 10, 40])
    expect(new Set(asked.values())).toEqual(new Set([1]))
  })

  it('given no clear answer at first, then it is asked again, and that counts', async () => {
    const { adopter, step } = given((_, time) => (time === 1 ? unclear : { outcome: 'adopted' }))
    expect(await adoptAll(adopter, names(3), step)).toMatchObject({ adopted: 3, failed: [], untried: 0 })
  })

  it('given a vendor that stays away, then it stops, and says how many it did not try', async () => {
    const { adopter, step } = given(() => unclear)
    const { failed, untried } = await adoptAll(adopter, names(1000), step)
    expect(failed.length + untried).toBe(1000)
    expect(failed.length).toBeLessThan(20)
  }, 20_000)

  it('given an answer that leaves no hope, then nothing further is begun', async () => {
    const { adopter, asked, step } = given(() => ({ outcome: 'hopeless', reason: '70009' }))
    const { untried } = await adoptAll(adopter, names(100), step)
    expect(untried).toBe(100 - asked.size)
    expect(asked.size).toBeLessThan(10)
  })
})

describe('listing public rooms', () => {
  const nothing = (): Adoption => ({ outcome: 'known' })

  it('given pages that overlap, then each room comes once', async () => {
    const pages: Record<string, ListedRooms> = {
      '': { roomIds: ['a', 'b'], next: '2' },
      '2': { roomIds: ['b', 'c'], next: '4' },
      '4': { roomIds: [], next: '' },
    }
    const { adopter, step, advanced } = given(nothing, (next) => pages[next]!)
    expect([await listPublic(adopter, step), advanced()]).toEqual([['a', 'b', 'c'], 3])
  })

  it('given pages that lead back to an earlier one, then it ends', async () => {
    const { adopter, step } = given(nothing, (next, time) => {
      if (time > 3) throw new Error('it goes on for ever')
      return { roomIds: [`of ${next}`], next: next === '1' ? '2' : '1' }
    })
    expect(await listPublic(adopter, step)).toEqual(['of ', 'of 1', 'of 2'])
  })

  it('given a page that cannot be had, then it says why, after having asked again only where that could help', async () => {
    const { adopter, asked, step } = given(nothing, () => ({ outcome: 'hopeless', reason: 'the vendor says 60020' }))
    await expect(listPublic(adopter, step)).rejects.toThrow(/cannot be had: the vendor says 60020/)
    expect(asked.get('page ')).toBe(1)
  })
})
