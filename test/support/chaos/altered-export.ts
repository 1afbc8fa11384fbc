import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { application } from '../../bench/load.js'
import { rollDice } from '../../double/dice.js'
import { originForTests } from '../audit-key.js'
import { writeManyEvents } from '../many-events.js'
import { residentMb } from '../process-figures.js'
import { buildProgram, runProgram, serve, settingsFor, urlOf, writeKey } from '../program.js'
import { alterations, type Alteration } from './alterations.js'
import { openExportFile, writePieces } from './export-file.js'

export interface AlteredExport {
  readonly violations: readonly string[]
  readonly figures: Readonly<Record<string, number | string>>
  /** Of the verifier's process at its highest, over all runs. */
  readonly peakMb: number
}

/**
 * Writes a ledger, exports it by the built program, alters the file in random ways, and has the built program verify each.
 * @param events of rooms; the service adds some of its own
 */
export const alteredExport = async ({ seed, events, times }: { seed: number; events: number; times: number }): Promise<AlteredExport> => {
  const folder = await mkdtemp(join(tmpdir(), 'room-ledger-altered-'))
  const build = await buildProgram()
  const dice = rollDice(seed)
  let peakMb = 0
  const violations: string[] = []
  const at = (name: string): string => join(folder, name)

  const run = async (args: readonly string[]) => {
    const began = performance.now()
    const program = runProgram(build, args, { NODE_OPTIONS: `--import=${tellsItsPeak}` }, folder)
    const { code } = await program.ended
    const mb = Number(/peak (\d+) kB/.exec(program.stderr())?.[1]) / 1024
    return { code, stdout: program.stdout(), output: program.output(), seconds: (performance.now() - began) / 1000, mb }
  }
  const verify = async (file: string, ...more: string[]) => {
    const ran = await run(['verify', file, '--key', at('key.vkey'), ...more])
    peakMb = Math.max(peakMb, ran.mb)
    return ran
  }
  const judge = async ({ what, pieces, says }: Alteration): Promise<void> => {
    writePieces(at('altered.ndjson'), pieces)
    const { code, stdout, output } = await verify(at('altered.ndjson'))
    if (code !== 1 || !stdout.startsWith('NOT VERIFIED'))
      violations.push(`${what}: not caught (exit code ${code}): ${output.slice(0, 500)}`)
    else if (!says.test(stdout)) violations.push(`${what}: caught, but the place is not named (${says}): ${stdout.slice(0, 500)}`)
  }

  try {
    await writeManyEvents({
      file: at('ledger.db'),
      folder,
      count: events,
      rooms: Math.max(10, events / 40),
      startedAt: Date.now() - events,
    })
    const { exporting, took, served } = await exportIt(build, folder, run)
    const whole = await verify(at('whole.ndjson'))
    if (whole.code !== 0) violations.push(`the untouched export is not verified: ${whole.output.slice(0, 1000)}`)
    const older = await verify(at('whole.ndjson'), '--checkpoint', at('old.txt'))
    if (older.code !== 0 || !older.stdout.includes('continues')) violations.push(`with an older checkpoint: ${older.output.slice(0, 1000)}`)
    const file = openExportFile(at('whole.ndjson'))
    if (file.count < events + 2) violations.push(`the export has ${file.count} lines only`)
    const ways = Object.values(alterations(originForTests))
    for (let n = 0; n < times; n += 1) await judge(ways[n % ways.length]!(file, dice))
    const figures = {
      events: file.count - 2,
      'MB of the export': Math.round(file.bytes / 1024 / 1024),
      'seconds to export': Number(exporting.seconds.toFixed(1)),
      'seconds until the tree was there': Number(took.toFixed(1)),
      'seconds to verify': Number(whole.seconds.toFixed(1)),
      'MB of memory to verify': Math.round(whole.mb),
      'MB of memory at most': Math.round(peakMb),
      'MB of memory to fetch': Math.round(exporting.mb),
      'MB of the service before, and at most meanwhile': `${Math.round(served.before)}, ${Math.round(served.highest)}`,
      altered: times,
      'caught, and the place named': times - violations.length,
    }
    return { violations, figures, peakMb }
  } finally {
    await rm(folder, { recursive: true, force: true })
    await rm(build, { recursive: true, force: true })
  }
}

/**
 * What the process took up at its highest, told as it ends. Not by `resourceUsage`: that begins with what the process had taken up that
 * started it, and here that one holds the whole export.
 */
const tellsItsPeak = `data:text/javascript,${encodeURIComponent(
  "import{readFileSync}from'node:fs';process.on('exit',()=>process.stderr.write(`peak ${/VmHWM:\\s+(\\d+)/.exec(readFileSync('/proc/self/status','utf8'))[1]} kB\\n`))",
)}`

const exportIt = async (
  build: string,
  folder: string,
  run: (args: readonly string[]) => Promise<{ code: number | null; output: string; seconds: number; mb: number }>,
) => {
  const { secret } = await writeKey(folder)
  const service = serve(build, folder, {
    ...settingsFor(folder, application),
    EVENT_STORE_URL: `sqlite:${join(folder, 'ledger.db')}`,
    AUDIT_CHECKPOINT_INTERVAL_MS: '3600000',
  })
  try {
    const url = await urlOf(service)
    const ask = async (path: string): Promise<Response> => fetch(`${url}${path}`, { headers: { Authorization: `Bearer ${secret}` } })
    const began = performance.now()
    // The tree is read in first; until then nothing is signed.
    for (const deadline = Date.now() + 600_000; ;) {
      const answer = await ask('/v1/audit/checkpoints/latest')
      if (answer.ok) {
        await writeFile(join(folder, 'old.txt'), await answer.text())
        break
      }
      if (Date.now() > deadline) throw new Error(`no checkpoint: ${await answer.text()}`)
      await new Promise((resolve) => setTimeout(resolve, 500))
    }
    const took = (performance.now() - began) / 1000
    await writeFile(join(folder, 'key.vkey'), await (await ask('/v1/audit/public-key?format=vkey')).text())
    await writeFile(join(folder, 'secret'), secret)
    const before = residentMb(service.pid)
    let highest = before
    const looking = setInterval(() => void (highest = Math.max(highest, residentMb(service.pid))), 250)
    const exporting = await run([
      'export',
      '--url',
      url,
      '--key-file',
      join(folder, 'secret'),
      '--out',
      join(folder, 'whole.ndjson'),
    ]).finally(() => clearInterval(looking))
    if (exporting.code !== 0) throw new Error(`export failed: ${exporting.output}\n${service.output()}`)
    return { exporting, took, served: { before, highest } }
  } finally {
    service.kill('SIGTERM')
    await service.ended
  }
}
