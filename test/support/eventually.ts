/** Asks again until the answer pleases, for ten seconds at the most; what the last answer was is the failure's message. */
export const eventually = async <T>(ask: () => T | Promise<T>, pleases: (answer: T) => boolean = Boolean): Promise<T> => {
  const deadline = Date.now() + 10_000
  for (;;) {
    const answer = await ask()
    if (pleases(answer)) return answer
    if (Date.now() > deadline) throw new Error(`not in time; the last answer was ${JSON.stringify(answer)}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
