import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import type { EventToAppend } from '#event-store'

const child = fileURLToPath(new URL('./vendors-engine-child.mjs', import.meta.url))
const vendorsPackage = '@kurrent/projections-testing'
/** The child's word for: that engine cannot be had here. */
const cannotBeHad = 3

export interface Judgement {
  readonly emitted: Readonly<Record<string, readonly { readonly type: string; readonly data: unknown }[]>>
  readonly states: Readonly<Record<string, unknown>>
  /** Types that it found no handler for. */
  readonly unhandled: readonly string[]
}

/**
 * Has the vendor's own engine judge, as it is published on npm (`@kurrent/projections-testing`, Apache-2.0, 77 MB with its
 * native parts, glibc 2.38 or newer). It is no dependency of ours: `npm i --no-save @kurrent/projections-testing
 * @kurrent/kurrentdb-client` brings it. It runs in a process of its own, so that a native part that fails harms nobody.
 *
 * @param from the package, or a module that stands for it
 * @returns `why` where that engine cannot be loaded
 * @throws Error where it was loaded and then failed, or refused the text: it disagrees
 */
export const askVendorsEngine = async (
  question: { readonly source: string; readonly streams: readonly { readonly name: string; readonly events: readonly EventToAppend[] }[] },
  from = vendorsPackage,
): Promise<{ readonly why: string } | Judgement> => {
  const judge = spawn(process.execPath, [child, from], { stdio: ['pipe', 'pipe', 'pipe'] })
  judge.stdin.on('error', () => undefined).end(JSON.stringify(question))
  const ended = new Promise<string | number | null>((resolve, reject) => {
    judge.on('error', reject).on('close', (code, signal) => resolve(signal ?? code))
  })
  const [answer, trouble, code] = await Promise.all([text(judge.stdout), text(judge.stderr), ended])
  if (code === cannotBeHad) return { why: trouble.trim() || `it said nothing, and ended with ${code}` }
  if (code !== 0) throw new Error(`the vendor's published engine ended with ${code}: ${trouble.trim() || 'it said nothing'}`)
  return JSON.parse(answer) as Judgement
}
