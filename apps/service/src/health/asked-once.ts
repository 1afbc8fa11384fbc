const sharedForMs = 1_000

/** Those who ask at the same time share one answer. */
export const askedOnce = <Value>(ask: () => Promise<Value>): (() => Promise<Value>) => {
  let asked: { readonly answer: Promise<Value>; readonly at: number } | undefined
  return () => {
    const now = performance.now()
    // One that hangs must not hold up all later ones.
    if (!asked || now - asked.at > sharedForMs) {
      const answer = ask()
      asked = { answer, at: now }
      const over = () => void (asked?.answer === answer && (asked = undefined))
      answer.then(over, over)
    }
    return asked.answer
  }
}
