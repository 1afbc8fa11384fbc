import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'

/** Resident memory of a process that is left alone: the median of nine looks after a pause. @returns megabytes */
export const restingMemory = async (pid: number, quietMs: number): Promise<number> => {
  await delay(quietMs)
  const looks: number[] = []
  while (looks.length < 9) {
    looks.push(await residentKb(pid))
    await delay(quietMs / 20)
  }
  return Math.round(looks.toSorted((a, b) => a - b)[4]! / 1024)
}

const residentKb = async (pid: number): Promise<number> => {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  const found = /^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]
  return Number(found ?? (await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(pid)])).stdout)
}
