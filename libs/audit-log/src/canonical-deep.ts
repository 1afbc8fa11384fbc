/** Canonical JSON without recursion: a fifth of the speed, for values nested thousands deep. */
export const canonicalDeep = (value: unknown): string => {
  const parts: string[] = []
  // What is still to be written, the next one last. Texts are wrapped, so that they cannot be taken for values.
  const todo: (Text | { readonly value: unknown })[] = [{ value }]
  for (let next = todo.pop(); next; next = todo.pop()) {
    if ('text' in next) parts.push(next.text)
    else if (Array.isArray(next.value))
      todo.push(
        ...pieces(
          next.value.map((item: unknown) => ['', item] as const),
          '[',
          ']',
        ),
      )
    else if (typeof next.value === 'object' && next.value !== null) {
      const members = Object.entries(next.value).toSorted(([a], [b]) => (a < b ? -1 : 1))
      todo.push(
        ...pieces(
          members.map(([name, item]) => [`${JSON.stringify(name)}:`, item] as const),
          '{',
          '}',
        ),
      )
    } else parts.push(JSON.stringify(next.value))
  }
  return parts.join('')
}

interface Text {
  readonly text: string
}

/** Backwards, as they are taken from the end. */
const pieces = (members: readonly (readonly [string, unknown])[], open: string, close: string) => [
  { text: close },
  ...members
    .flatMap(([name, value], index) => [{ text: `${index === 0 ? '' : ','}${name}` }, { value }])
    .toReversed()
    .flat(),
  { text: open },
]
