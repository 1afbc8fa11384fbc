import { afterAll, beforeAll } from 'vitest'
import type { Double } from '../../../test/double/index.js'
import { startDouble } from '../../../test/double/index.js'

/** A server that tests may run against, known only once the tests run. */
export interface Engine {
  readonly name: string
  /** Starts what has to be started; call it in the body of a `describe`. */
  use(): { readonly url: string }
}

const real = process.env['TEST_EVENTSTORE_URL']

const double: Engine = {
  name: 'the protocol double',
  use: () => {
    let started: Double | undefined
    beforeAll(async () => void (started = await startDouble()))
    afterAll(() => started?.close())
    return {
      get url() {
        return started!.url
      },
    }
  },
}

/** The double always; a real server where `TEST_EVENTSTORE_URL` names one. */
export const engines: readonly Engine[] = [double, ...(real ? [{ name: 'a real EventStoreDB', use: () => ({ url: real }) }] : [])]

/** Says plainly what the results are worth. */
export const sayWhoTookPart = (what: string): void =>
  console.log(
    real
      ? `${what}: ran on the protocol double and on the real EventStoreDB that TEST_EVENTSTORE_URL names`
      : `${what}: ran on the protocol double only. No real EventStoreDB took part: TEST_EVENTSTORE_URL is not set`,
  )
