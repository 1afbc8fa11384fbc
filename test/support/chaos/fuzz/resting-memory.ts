import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { Program } from '../../program.js'

/** For the environment of a program whose memory is to be measured: it can be told to put away what it no longer uses. */
export const inspected = { NODE_OPTIONS: '--inspect=127.0.0.1:0' }

/** What Node says on standard error because of it. */
export const saidByInspector = /^(Debugger .*|For help, see: .*|Waiting for the debugger .*)\n/gm

/**
 * Resident memory of a program that is left alone and has collected its garbage, of which V8 lets a lot lie while there is
 * room: the median of nine looks. @returns megabytes
 */
export const restingMemory = async (program: Program, quietMs: number): Promise<number> => {
  await delay(quietMs)
  await collectGarbage(/^Debugger listening on (ws:\S+)/m.exec(program.stderr())![1]!)
  await delay(quietMs)
  const looks: number[] = []
  while (looks.length < 9) {
    looks.push(await residentKb(program.pid))
    await delay(quietMs / 20)
  }
  return Math.round(looks.toSorted((a, b) => a - b)[4]! / 1024)
}

/** Through the protocol of Node's inspector, twice: what finalizers let go of goes the second time. */
const collectGarbage = (inspector: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const line = new WebSocket(inspector)
    const ask = (id: number): void => line.send(JSON.stringify({ id, method: 'HeapProfiler.collectGarbage' }))
    line.addEventListener('open', () => ask(1))
    line.addEventListener('error', () => reject(new Error(`no answer from ${inspector}`)))
    line.addEventListener('message', ({ data }) => {
      const { id } = JSON.parse(String(data)) as { id?: number }
      if (id === 1) return ask(2)
      line.close()
      resolve()
    })
  })

const residentKb = async (pid: number): Promise<number> => {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  const found = /^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]
  return Number(found ?? (await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(pid)])).stdout)
}
