import type { Connection } from '../connection.js'
import { faultOf } from '../fault.js'
import { pause } from '../retry.js'
import { planStep, type Step, type Wanted } from './plan.js'
import { ProjectionRefusal, type Answer } from './refusal.js'
import type { ProjectionServer } from './server.js'

/** Milliseconds for one projection to be as it is wanted. */
const longest = 10_000

/** Answers that only say that another instance was faster, or that the server is still at it. */
const passing: readonly (Answer | undefined)[] = ['Conflict', 'NotFound', 'OperationFailed']

/** What is to be done next; the server's own word on what exists counts more than its records, which a deletion may not have reached. */
export const nextStep = async (server: ProjectionServer, name: string, wanted: Wanted, refused?: Answer): Promise<Step> => {
  if (refused === 'NotFound') return 'create'
  const step = planStep(await server.records(name), wanted)
  // The server died between taking the name and writing down the text.
  if (step === 'create' && refused === 'Conflict') return 'update'
  if (step !== 'leave') return step
  const gone = await server.status(name).then(
    () => false,
    (error: unknown) => error instanceof ProjectionRefusal && error.answer === 'NotFound',
  )
  return gone ? 'create' : 'leave'
}

/**
 * Goes one step after another, and looks anew before each. So several instances may deploy at once, and it does not
 * matter at which step one of them dies. An answer that does not come is looked for in what the server has written down:
 * it answers only the last one of those who change the same projection at the same time.
 *
 * @throws ProjectionRefusal
 * @throws the client's error, when the server is away
 */
export const deploy = async (
  server: ProjectionServer,
  { closing }: Connection,
  name: string,
  wanted: Wanted,
  log: (message: string) => void,
): Promise<void> => {
  const { text, emits } = wanted
  const steps: Record<Exclude<Step, 'leave'>, () => Promise<void>> = {
    create: () => server.create(name, text, emits),
    disable: () => server.disable(name),
    update: () => server.update(name, text, emits),
    reset: () => server.reset(name),
    enable: () => server.enable(name),
  }
  const since = performance.now()
  let refused: Answer | undefined
  for (let failures = 0; ;) {
    const step = await nextStep(server, name, wanted, refused)
    if (step === 'leave') return
    try {
      await steps[step]()
      log(`${step} is done`)
      refused = undefined
    } catch (error) {
      refused = error instanceof ProjectionRefusal ? error.answer : undefined
      const goesOn = refused ? passing.includes(refused) : ['away', 'stuck'].includes(faultOf(error))
      if (!goesOn || closing.aborted || performance.now() - since > longest) throw error
      failures += 1
      await pause(failures, closing)
    }
  }
}
