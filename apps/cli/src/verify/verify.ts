import { statSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { linesOf, verifyExport, type Verdict } from '#audit-log'
import { createProgress, type Step } from '../migrate/progress.js'
import { oneLine } from '../projections/report.js'
import { reasonOf, Unusable } from '../service-access.js'
import { readArguments, type VerifyOptions } from './read-arguments.js'

/** The command. Exit code 0: the export is what the ledger wrote; 1: it is not; 2: nothing could be verified. */
export const verify = async (file: string, options: VerifyOptions): Promise<void> => {
  try {
    const { trust, old } = readArguments(options)
    const verdict = await verifyExport(linesOf(bytesOf(file)), { trust, old })
    process.stdout.write(report(verdict))
    process.exitCode = verdict.ok ? 0 : 1
  } catch (error) {
    if (!(error instanceof Unusable)) throw error
    process.stderr.write(`${oneLine(error.message)}\n`)
    process.exitCode = 2
  }
}

/** Bytes of a file in one piece. */
const pieceSize = 256 * 1024
const kB = 1024

/** Always into the same memory: pieces of their own would be a heap of them before anyone cleans up. */
async function* piecesOf(file: string): AsyncGenerator<Buffer> {
  const handle = await open(file)
  try {
    const piece = Buffer.allocUnsafe(pieceSize)
    for (;;) {
      const { bytesRead } = await handle.read(piece)
      if (bytesRead === 0) return
      yield piece.subarray(0, bytesRead)
    }
  } finally {
    await handle.close()
  }
}

/** What is read, with its progress; `-` is standard input. */
async function* bytesOf(file: string): AsyncGenerator<Buffer> {
  let step: Step | undefined
  try {
    const total = file === '-' ? undefined : Math.ceil(statSync(file).size / kB)
    const pieces: AsyncIterable<Buffer> = file === '-' ? process.stdin : piecesOf(file)
    let rest = 0
    for await (const piece of pieces) {
      step ??= createProgress(process.stderr, 'kB')('Verifying', total)
      yield piece
      rest += piece.length
      step.advance(Math.floor(rest / kB))
      rest %= kB
    }
    if (rest > 0) step?.advance()
  } catch (error) {
    if (typeof (error as { code?: unknown }).code !== 'string') throw error
    throw new Unusable(`${file} cannot be read (${reasonOf(error)})`, { cause: error })
  } finally {
    step?.end()
  }
}

const report = ({ ok, findings, count, events, filtered, filter, checkpoint, notes }: Verdict): string => {
  const lines = ok
    ? [
        `Verified: ${events} events${filtered ? ' of' : ', all of'} the ledger ${checkpoint!.origin} at ${checkpoint!.size} events.`,
        `Root ${checkpoint!.root.toString('base64')}`,
        ...(filtered ? [`Filter ${JSON.stringify(filter)}`] : []),
        ...notes,
      ]
    : [
        `NOT VERIFIED: ${count} ${count === 1 ? 'thing is' : 'things are'} not as the ledger wrote them.`,
        ...findings.map(({ message }) => `- ${message}`),
        ...(count > findings.length ? [`… and ${count - findings.length} more.`] : []),
      ]
  // The file is anybody's: nothing in it may move the cursor of a terminal.
  return `${lines.map(oneLine).join('\n')}\n`
}
