import { describe, expect, it } from 'vitest'
import { StoreUnavailable, type RecordedEvent } from '#event-store'
import type { EmittedEvent, ReadEmittedOptions } from '#projections'
import { ProjectionsRefused } from '../../src/index.js'
import { markOf, readEmitted } from '../../src/projections/read-emitted.js'
import { answerOf, ProjectionRefusal } from '../../src/projections/refusal.js'
import { withRemedy } from '../../src/projections/remedy.js'
import { handledOf, reasonOf, statusOf } from '../../src/projections/status.js'
import type { Reader } from '../../src/read.js'

const failed = (code: number, message: string): Error => Object.assign(new Error(message), { code })

describe('what the server says of a projection', () => {
  it.each([
    ['Running', 'Running'],
    ['Starting/Initial', 'Running'],
    ['Preparing/Stopped', 'Running'],
    ['Stopped', 'Stopped'],
    ['Aborted/Stopped', 'Stopped'],
    ['LoadingStopped', 'Stopped'],
    ['Completed', 'Stopped'],
    ['Faulted (Enabled)', 'Faulted'],
    ['Running/FaultedStopping', 'Faulted'],
    ['', 'Stopped'],
  ])('given "%s", then it is %s', (text, status) => {
    expect(statusOf(text)).toBe(status)
  })

  it('given places, then the number of the last entry handled', () => {
    expect(handledOf({ position: '$ce-room: 19' })).toBe(19)
    expect(handledOf({ position: '$ce-room: -1' })).toBe(-1)
    expect(handledOf({ position: '' })).toBe(-1)
  })

  it('given a report over several lines, then one line; given none, then nothing while it runs, else what the server calls it', () => {
    const report = 'The p projection failed to process an event.\nHandler: H\n\nMessage:\n\nbang'
    expect(reasonOf({ status: 'Faulted (Enabled)', stateReason: report })).toBe(
      'The p projection failed to process an event. Handler: H Message: bang',
    )
    expect(reasonOf({ status: 'Running', stateReason: '' })).toBeNull()
    expect(reasonOf({ status: 'Aborted/Stopped', stateReason: '' })).toBe('the server says: Aborted/Stopped')
  })
})

describe('a refusal of the server', () => {
  it.each([
    [failed(2, 'UNKNOWN: Envelope callback expected Updated, received Conflict instead'), 'Conflict'],
    [failed(2, 'UNKNOWN: Envelope callback expected Statistics, received NotFound instead'), 'NotFound'],
    [failed(2, 'UNKNOWN: Envelope callback expected Updated, received OperationFailed instead'), 'OperationFailed'],
    [failed(2, 'UNKNOWN: Exception was thrown by handler.'), 'Broken'],
    [failed(5, 'no such projection'), 'NotFound'],
    [failed(6, 'it exists'), 'Conflict'],
    [failed(7, 'Access Denied'), 'NotAuthorized'],
    [failed(12, 'Service is unimplemented.'), 'Off'],
    [failed(14, 'unavailable'), undefined],
    [failed(2, 'something else'), undefined],
    ['no error', undefined],
  ])('given %s, then %s', (error, answer) => {
    expect(answerOf(error)).toBe(answer)
  })

  it.each([
    ['Off', /EVENT_STORE_URL.*EVENTSTORE_RUN_PROJECTIONS=All.*EVENTSTORE_START_STANDARD_PROJECTIONS=true/],
    ['NotAuthorized', /EVENT_STORE_URL.*\$admins/],
    ['NotFound', /EVENT_STORE_URL.*Start the service again/],
    ['Conflict', /EVENT_STORE_URL.*Conflict/],
  ] as const)('given %s, then the message names the setting and the remedy', (answer, message) => {
    const error = withRemedy(new ProjectionRefusal(answer))
    expect(error).toBeInstanceOf(ProjectionsRefused)
    expect(String(error)).toMatch(message)
  })

  it('given a server that is away, then the store is unavailable', () => {
    expect(withRemedy(failed(14, 'unavailable'))).toBeInstanceOf(StoreUnavailable)
  })
})

describe('reading what was emitted', () => {
  const entry = (revision: number, mark: string): RecordedEvent => ({
    id: `e${revision}`,
    type: 'Entry',
    data: {},
    metadata: { $v: mark, $s: { '$ce-room': revision }, $causedBy: 'x' },
    stream: 's',
    revision,
    position: 0n,
  })
  const read = async (stored: RecordedEvent[], epoch: number | undefined, options?: ReadEmittedOptions): Promise<EmittedEvent[]> => {
    const reader = {
      async *stream(_: string, { direction = 'forwards', from, limit = Infinity }: Parameters<Reader['stream']>[1]) {
        const forwards = direction === 'forwards'
        const ordered = forwards ? stored : stored.toReversed()
        const visible = ordered.filter(({ revision }) => from === undefined || (forwards ? revision >= from : revision <= from))
        for (const event of visible.slice(0, limit)) yield event
      },
    } as Reader
    const all: EmittedEvent[] = []
    for await (const event of readEmitted(reader, { of: async (id) => (id === 6 ? epoch : undefined) }, 's', options)) all.push(event)
    return all
  }
  const revisions = async (...given: Parameters<typeof read>) => (await read(...given)).map(({ revision }) => revision)
  const both = [entry(3, '6:-1:0:4'), entry(4, '6:-1:0:4'), entry(5, '6:2:2:4'), entry(6, '6:2:3:4')]

  it('given entries of the epoch, then they come without the marks of the server', async () => {
    expect(await read([entry(0, '6:-1:0:4')], -1)).toEqual([
      { id: 'e0', type: 'Entry', data: {}, metadata: { $causedBy: 'x' }, stream: 's', revision: 0 },
    ])
  })
  it('given entries of an epoch that is over, in whichever direction and with a limit, then they are hidden', async () => {
    expect(await revisions(both, 2)).toEqual([5, 6])
    expect(await revisions(both, 2, { limit: 1 })).toEqual([5])
    expect(await revisions(both, 2, { from: 4, limit: 2 })).toEqual([5, 6])
    expect(await revisions(both, 2, { direction: 'backwards' })).toEqual([6, 5])
    expect(await revisions(both, 2, { direction: 'backwards', from: 4 })).toEqual([])
    expect(await revisions(both.slice(0, 2), 2)).toEqual([])
  })
  it('given an epoch that began just now and that we have not heard of, then entries of two epochs never come together', async () => {
    expect(await revisions(both, -1)).toEqual([3, 4])
    expect(await revisions(both, -1, { direction: 'backwards' })).toEqual([6, 5])
  })
  it('given entries that no projection of ours emitted, then they are not shown', async () => {
    expect(await revisions([entry(0, '9:-1:0:4'), entry(1, 'nonsense')], -1)).toEqual([])
    expect(markOf(undefined)).toBeUndefined()
  })
})
