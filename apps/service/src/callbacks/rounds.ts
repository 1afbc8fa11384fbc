/**
 * Lets only so many go on in one round of the event loop, the others in the rounds that follow, in their order. Else a crowd that
 * comes at once would be worked off in one go, and neither another request nor a new connection be looked at for so long: Node
 * accepts one connection a round.
 *
 * @returns a promise for whoever has to wait
 */
export const createRounds = (perRound: number): (() => Promise<void> | undefined) => {
  const waiting: (() => void)[] = []
  let begun = 0
  const nextRound = (): void => {
    begun = 0
    // A round also takes as long as it takes to turn others away: the more wait, the more go on, or only refusing would be left.
    for (const goOn of waiting.splice(0, Math.max(perRound, waiting.length / 2))) begin(goOn)
  }
  const begin = (goOn?: () => void): void => {
    if (begun === 0) setImmediate(nextRound)
    begun += 1
    goOn?.()
  }
  return () => {
    if (begun >= perRound || waiting.length > 0) return new Promise((resolve) => waiting.push(resolve))
    begin()
    return undefined
  }
}
