import { expect, it } from 'vitest'
import { askVendorsEngine } from './vendors-engine.js'

/** A module that stands for the vendor's package; its engine answers each event as `feed` says. */
const standIn = (feed: string, refuse = ''): string =>
  `data:text/javascript,${encodeURIComponent(`
    export const createProjection = (source) => ({
      test: () => {
        ${refuse}
        return { feed: (event) => (${feed}), getState: () => ({ n: 1 }), dispose: () => undefined }
      },
    })`)}`
const event = { id: '0b0c6c1e-5b0e-4c52-9d7c-0f3c0f6f0001', type: 'Happened', data: {}, metadata: {} }
const question = { source: 'text', streams: [{ name: 'room-1', events: [event] }] }

it('given no such package, then it took no part, and the reason is told', async () => {
  expect(await askVendorsEngine(question, 'no-such-package')).toEqual({ why: expect.stringContaining('no-such-package') as string })
})

it('given an engine that cannot be loaded, then it took no part, also where it gives no reason', async () => {
  const unloadable = standIn('{}', "throw new Error('GLIBC_2.38 not found')")
  expect(await askVendorsEngine(question, unloadable)).toEqual({ why: 'GLIBC_2.38 not found' })
  expect(await askVendorsEngine(question, standIn('{}', "throw new Error('')"))).toEqual({
    why: 'it said nothing, and ended with 3',
  })
})

it('given an engine that refuses the text, then that is a finding', async () => {
  const refusing = standIn('{}', "if (source === 'text') throw new Error('Unexpected token')")
  await expect(askVendorsEngine(question, refusing)).rejects.toThrow('Unexpected token')
})

it('given an engine that fails at an event, or ends without a word, then that is a finding', async () => {
  await expect(askVendorsEngine(question, standIn("(() => { throw new Error('bang') })()"))).rejects.toThrow('bang')
  await expect(askVendorsEngine(question, standIn('process.exit(7)'))).rejects.toThrow('ended with 7: it said nothing')
})

it('given an event that was not processed, then it is told of, whatever the reason', async () => {
  const skipping = (reason: string) => standIn(`{ status: 'skipped', reason: '${reason}' }`)
  await expect(askVendorsEngine(question, skipping('wrong-stream'))).rejects.toThrow('0@room-1 (Happened) was skipped: wrong-stream')
  expect(await askVendorsEngine(question, skipping('unhandled'))).toMatchObject({ unhandled: ['Happened'] })
})

it('given events that were processed, then what they led to', async () => {
  const processing = standIn("{ status: 'processed', emitted: [{ streamId: 'out', eventType: 'Said', data: { of: event.streamId } }] }")
  expect(await askVendorsEngine(question, processing)).toEqual({
    emitted: { out: [{ type: 'Said', data: { of: 'room-1' } }] },
    states: { 'room-1': { n: 1 } },
    unhandled: [],
  })
})
