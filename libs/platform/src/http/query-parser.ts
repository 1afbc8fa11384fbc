import { Problem } from '../problems/problem.js'

/** Reads a query into plain text values. @throws Problem 400 for a parameter that comes twice: which one would count? */
export const readQuery = (search: string): Record<string, string> => {
  const query: Record<string, string> = Object.create(null) as Record<string, string>
  for (const [name, value] of new URLSearchParams(search)) {
    if (name in query)
      throw new Problem({
        type: 'invalid-request',
        detail: `The query parameter ${name} comes twice.`,
        errors: { [name]: ['comes twice'] },
      })
    query[name] = value
  }
  return { ...query }
}
