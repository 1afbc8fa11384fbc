import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Apart, Outcome, Stream } from './side-by-side.js'

const child = fileURLToPath(new URL('./vendors-engine-child.mjs', import.meta.url))

/**
 * Has the vendor's own engine judge, as it is published on npm (`@kurrent/projections-testing`, Apache-2.0, 77 MB with its
 * native parts, glibc 2.38 or newer). It is no dependency of ours: `npm i --no-save @kurrent/projections-testing
 * @kurrent/kurrentdb-client` brings it. It runs in a process of its own, so that a native part that fails harms nobody.
 */
export const askVendorsEngine = async (
  { definition, outputOf }: Apart,
  streams: readonly Stream[],
): Promise<{ readonly why: string } | { readonly outcomes: ReadonlyMap<string, Outcome> }> => {
  const judge = spawn(process.execPath, [child], { stdio: ['pipe', 'pipe', 'pipe'] })
  let answer = ''
  let trouble = ''
  judge.stdout.setEncoding('utf8').on('data', (text: string) => (answer += text))
  judge.stderr.setEncoding('utf8').on('data', (text: string) => (trouble += text))
  judge.stdin.on('error', () => undefined).end(JSON.stringify({ source: definition.source, streams }))
  const code = await new Promise<number | null>((resolve) => void judge.on('close', resolve))
  if (code !== 0) return { why: trouble.trim().split('\n')[0] ?? `it ended with ${code}` }
  const { emitted, states } = JSON.parse(answer) as { emitted: Record<string, Outcome['entries']>; states: Record<string, unknown> }
  return {
    outcomes: new Map(
      streams.map((stream) => [stream.name, { entries: emitted[outputOf(stream)] ?? [], state: states[stream.name] ?? null }]),
    ),
  }
}
