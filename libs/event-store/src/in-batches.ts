/**
 * Gathers what is ready at the same moment: many items while catching up, one by one when they come one by one. Waits
 * for nothing but the first.
 *
 * @param most of one batch
 */
export async function* inBatches<T>(items: AsyncIterable<T>, most: number): AsyncGenerator<T[]> {
  const iterator = items[Symbol.asyncIterator]()
  const ask = (): Promise<IteratorResult<T>> => {
    const answer = iterator.next()
    // It may fail while the batch before it is at work; whoever awaits it hears of it.
    answer.catch(() => undefined)
    return answer
  }
  let next = ask()
  for (;;) {
    const first = await next
    if (first.done) return
    const batch = [first.value]
    next = ask()
    const pause = new Promise<undefined>((resolve) => setImmediate(() => resolve(undefined)))
    while (batch.length < most) {
      const ready = await Promise.race([next, pause])
      if (!ready || ready.done) break
      batch.push(ready.value)
      next = ask()
    }
    yield batch
  }
}
