import { setTimeout as delay } from 'node:timers/promises'
import { cpuMsOf } from './process-figures.js'
import { callWith, type Program } from './program.js'

/** Waits until a program is ready, its projections have caught up, and it does nothing any more: what comes then is measured alone. */
export const atRest = async (program: Program, url: string, secret: string, patienceMs = 900_000): Promise<void> => {
  const call = callWith(secret)
  const isBusy = async (): Promise<boolean> => {
    if ((await call(`${url}/health/ready`, 'GET')).status !== 200) return true
    const { items } = (await call(`${url}/v1/projections`, 'GET')).body as { items: readonly { caughtUp: boolean }[] }
    if (!items.every(({ caughtUp }) => caughtUp)) return true
    const before = cpuMsOf(program.pid)
    await delay(1000)
    return cpuMsOf(program.pid) - before > 50
  }
  for (const deadline = Date.now() + patienceMs; await isBusy(); await delay(200))
    if (Date.now() > deadline) throw new Error(`not at rest in time: ${program.output().slice(-2000)}`)
}
