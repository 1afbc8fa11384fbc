import { counter, gauge } from '#platform'

const looks = counter(
  'room_ledger_drift_looks_total',
  'Rooms that the walk for drift came by: same, different, skipped, refused, unanswered',
  ['result'],
)
const facts = counter('room_ledger_drift_facts_total', 'Facts that the walk for drift found and no callback had told, by type', ['type'])

export const countLook = (result: 'same' | 'different' | 'skipped' | 'refused' | 'unanswered'): void => looks.inc({ result })
export const countFact = (type: string): void => facts.inc({ type })

/** Shows how long it takes to come by every room. */
export const measureDrift = (drift: { lastRoundMs(): number | undefined }): void =>
  gauge(
    'room_ledger_drift_round_seconds',
    'How long the last full walk over all active rooms took. Absent before the first is over',
    () => {
      const took = drift.lastRoundMs()
      if (took === undefined) throw new Error('no round yet')
      return took / 1000
    },
  )
