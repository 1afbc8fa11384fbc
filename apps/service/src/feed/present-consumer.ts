import type { Budget, Consumers, Feed, Progress, Registration, Waiting } from '#feed'

/** What may be spent on finding out what waits for one consumer, and for many of them together. */
export const budgets = { one: { events: 100_000, ms: 2_000 }, many: { events: 20_000, ms: 1_000 } } as const
/** Consumers that are read at a time. */
const atOnce = 20

export interface ConsumerView {
  readonly registration: Registration
  readonly progress: Progress
}
export interface Located extends ConsumerView {
  /** Undefined where the ledger does not hold the event that it stands at. */
  readonly waiting: Waiting | undefined
}

/** How far consumers are. @throws StoreUnavailable */
export const withWaiting = async (feed: Feed, views: readonly ConsumerView[], budget: Budget): Promise<readonly Located[]> => {
  const located = await inParts(views, async ({ registration: { types }, progress }) => {
    const place = await feed.locate(progress.acked)
    return place.ok ? { from: place.place, types } : undefined
  })
  const known = located.flatMap((behind) => behind ?? [])
  const counted = await feed.waiting(known, budget)
  let next = 0
  return views.map((view, index) => ({ ...view, waiting: located[index] && counted[next++] }))
}

/** What listed consumers have come to. @throws StoreUnavailable */
export const viewsOf = (consumers: Consumers, registrations: readonly Registration[]): Promise<ConsumerView[]> =>
  inParts(registrations, async (registration) => ({ registration, progress: await consumers.progressOf(registration) }))

/** Asks for each, a few at a time. */
const inParts = async <Item, Answer>(items: readonly Item[], ask: (item: Item) => Promise<Answer>): Promise<Answer[]> => {
  const answers: Answer[] = []
  for (let from = 0; from < items.length; from += atOnce) answers.push(...(await Promise.all(items.slice(from, from + atOnce).map(ask))))
  return answers
}

/** As the service shows it. */
export const presentConsumer = ({ registration: { name, from, types, createdAt, createdBy }, progress, waiting }: Located) => ({
  name,
  from,
  types: types ?? null,
  createdAt,
  createdBy,
  position: progress.acked,
  delivered: progress.delivered,
  lag: waiting?.count ?? null,
  ...(waiting?.isAtLeast && { lagIsAtLeast: true }),
  oldestWaiting: waiting?.oldest ?? null,
})
