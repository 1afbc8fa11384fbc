/** Canonical JSON without recursion: slower, for values that are nested thousands deep. */
export const canonicalDeep = (value: unknown): string => {
  let text = ''
  const within: Container[] = []
  const write = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) text += JSON.stringify(value)
    else {
      text += Array.isArray(value) ? '[' : '{'
      within.push(Array.isArray(value) ? arrayOf(value) : objectOf(value))
    }
  }
  write(value)
  for (let inner = within.at(-1); inner; inner = within.at(-1)) {
    const member = inner.members[inner.written]
    if (member) {
      text += inner.written === 0 ? member.before : `,${member.before}`
      inner.written += 1
      write(member.value)
    } else {
      text += inner.close
      within.pop()
    }
  }
  return text
}

interface Container {
  readonly members: readonly { readonly before: string; readonly value: unknown }[]
  readonly close: string
  written: number
}

const arrayOf = (items: readonly unknown[]): Container => ({
  members: items.map((value) => ({ before: '', value })),
  close: ']',
  written: 0,
})

const objectOf = (value: object): Container => ({
  members: Object.entries(value)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => ({ before: `${JSON.stringify(name)}:`, value })),
  close: '}',
  written: 0,
})
