import fc from 'fast-check'
import type { Fact, RecordedFact } from '../src/index.js'
import { adminsChanged, created, fact, metadataDeleted, metadataSet, observed, ownerChanged, updated } from './given.js'

const account = fc.constantFrom('anna', 'ben', 'carla')
const info = fc.record(
  {
    roomName: fc.constantFrom('a', 'b', 'c'),
    category: fc.constantFrom([1], [1, 2], []),
    activityStatus: fc.integer({ min: 0, max: 2 }),
    isPublicVisible: fc.boolean(),
  },
  { requiredKeys: [] },
)
const key = fc.constantFrom('k1', 'k2', '__proto__')

const anyFact: fc.Arbitrary<Fact> = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(account, info).map(([owner, said]) => created(owner, said)) },
  { weight: 4, arbitrary: info.map((said) => updated(said)) },
  { weight: 4, arbitrary: fc.tuple(account, account).map(([from, to]) => ownerChanged(from, to)) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.constantFrom('DestroyByUser', 'DestroyBySystem', null), fc.option(info, { nil: undefined }))
      .map(([cause, lastInfo]): Fact => ({
        type: 'RoomDestroyed',
        data: { roomId: 'r', cause, ...(lastInfo && { lastInfo: { ...lastInfo, owner: 'x', viewCount: 3 } }) },
      })),
  },
  fc.dictionary(key, fc.constantFrom('1', '2'), { maxKeys: 2 }).map((entries) => metadataSet(entries)),
  fc.array(key, { maxLength: 2 }).map((keys) => metadataDeleted(...keys)),
  fc
    .tuple(fc.constantFrom('add' as const, 'delete' as const), fc.array(account, { maxLength: 2 }))
    .map(([change, admins]) => adminsChanged(change, ...admins)),
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.boolean(), account, info)
      .map(([exists, owner, said]) => (exists ? observed(true, owner, said) : observed(false))),
  },
)

/** A few seconds with many facts: ties in the same millisecond, several lives, creates known only to the second. */
const moment = fc.oneof(
  fc.integer({ min: 0, max: 3 }).map((s) => s * 1000),
  fc.integer({ min: 0, max: 3500 }),
  fc.constantFrom(300, 301, 1300),
)

/** Facts with unique ids, recorded in the order in which they stand. */
export const facts = (options: { maxLength?: number } = {}): fc.Arbitrary<RecordedFact[]> =>
  fc.array(fc.tuple(anyFact, moment, fc.boolean(), fc.integer({ min: 0, max: 9 })), { maxLength: options.maxLength ?? 14 }).map((drawn) =>
    drawn.map(([event, ms, loose, tie], revision) => {
      const wholeSecond = loose && event.type === 'RoomCreated'
      return fact(
        event,
        wholeSecond ? Math.floor(ms / 1000) * 1000 : ms,
        { timeSource: wholeSecond ? 'createTime' : loose && tie > 6 ? 'received' : 'eventTime' },
        { revision, id: `${tie}-${revision}` },
      )
    }),
  )

/** Facts, and the same in another order with some of them twice. */
export const shuffled: fc.Arbitrary<{ once: RecordedFact[]; again: RecordedFact[] }> = facts().chain((once) =>
  fc
    .tuple(fc.shuffledSubarray(once, { minLength: once.length, maxLength: once.length }), fc.subarray(once))
    .chain(([order, twice]) => {
      const all = [...order, ...twice]
      return fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length })
    })
    .map((again) => ({ once, again })),
)
