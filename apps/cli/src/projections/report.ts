import type { ProjectionStatus } from '#projections'

const headings = ['name', 'status', 'version', 'epoch', 'position', 'head', 'lag', 'reason'] as const

/** How many events are still to be read; 0 = none. (EventStoreDB counts the entries of the category that is read.) */
const lagOf = ({ position, head, caughtUp }: ProjectionStatus): bigint => (caughtUp || position >= head ? 0n : head - position)

/** A table for people: one line each, the reason last, as long as it is. */
export const tableOf = (states: readonly ProjectionStatus[]): string => {
  const rows: (readonly string[])[] = [headings, ...states.map(cellsOf)]
  const widths = headings.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column]!))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('')
}

const cellsOf = (state: ProjectionStatus): readonly string[] => [
  state.name,
  state.status,
  String(state.version),
  String(state.epoch),
  // Before the first event there is no position.
  state.position < 0n ? '-' : String(state.position),
  state.head < 0n ? '-' : String(state.head),
  String(lagOf(state)),
  oneLine(state.stateReason ?? ''),
]

/** What the store says may break lines, or hold what moves the cursor of a terminal. */
export const oneLine = (text: string): string => text.replace(/[\p{Cc}\s]+/gu, ' ').trim()

/** The same for programs: positions as text, since they may not fit into a number. */
export const jsonOf = (states: readonly ProjectionStatus[]): string => {
  const items = states.map((state) => ({ ...state, position: String(state.position), head: String(state.head), lag: Number(lagOf(state)) }))
  return `${JSON.stringify(items, undefined, 2)}\n`
}
