import { withEnvFile } from '#platform'
import { createProgress } from '../migrate/progress.js'
import { oneLine } from '../projections/report.js'
import { adoptAll, type Tally } from './adopt-all.js'
import { adoptDirectly } from './directly.js'
import { listPublic } from './list-public.js'
import { readIds } from './read-ids.js'
import { AdoptionRefused } from './refused.js'
import { adoptThroughService } from './through-service.js'

export interface AdoptOptions {
  readonly public?: boolean
  readonly service?: string
  readonly keyFile?: string
}

/** The command. Ends with exit code 0 when every room has had a clear answer, be it that the vendor has none of that id. */
export const adopt = async (file: string | undefined, options: AdoptOptions): Promise<void> => {
  try {
    const tally = await run(file, options)
    process.stderr.write(details(tally))
    process.stdout.write(summary(tally))
    process.exitCode = tally.failed.length + tally.untried === 0 ? 0 : 1
  } catch (error) {
    process.stderr.write(`${(error as Error).message.split('\n').map(cleaned).join('\n')}\n`)
    process.exitCode = 1
  }
}

const run = async (file: string | undefined, options: AdoptOptions): Promise<Tally> => {
  const { service, keyFile } = options
  if ((file === undefined) === !options.public) throw new AdoptionRefused('Name a file of room ids, or say --public: one of the two.')
  if ((service === undefined) !== (keyFile === undefined)) throw new AdoptionRefused('--service and --key-file go together.')
  const given = file === undefined ? undefined : readIds(file)
  const adopter =
    service === undefined || keyFile === undefined
      ? await adoptDirectly(withEnvFile(process.env, '.env'), (message) => process.stderr.write(`${cleaned(message)}\n`))
      : await adoptThroughService({ service, keyFile })
  try {
    const begin = createProgress(process.stderr, 'rooms')
    const inStep = async <Result>(name: string, total: number | undefined, work: (step: ReturnType<typeof begin>) => Promise<Result>) => {
      const step = begin(name, total)
      return work(step).finally(() => step.end())
    }
    const roomIds = given ?? (await inStep('Listing', undefined, (step) => listPublic(adopter, step)))
    return await inStep('Adopting', roomIds.length, (step) => adoptAll(adopter, roomIds, step))
  } finally {
    await adopter.close()
  }
}

/** What leads on keeps its indentation; what others said may hold anything. */
const cleaned = (line: string): string => `${/^ */.exec(line)![0]}${oneLine(line)}`

const details = ({ absent, failed }: Tally): string =>
  [
    ...absent.map((roomId) => `absent: ${oneLine(roomId)}\n`),
    ...failed.map(({ roomId, reason }) => `failed: ${oneLine(roomId)}: ${oneLine(reason)}\n`),
  ].join('')

const summary = ({ adopted, known, absent, failed, untried }: Tally): string => {
  const rooms = adopted + known + absent.length + failed.length + untried
  const stopped = untried > 0 ? `Stopped: ${untried} not tried. What is adopted stays so; mend it and run the same command again.\n` : ''
  return `${rooms} rooms: ${adopted} adopted, ${known} known before, ${absent.length} absent at the vendor, ${failed.length} failed.\n${stopped}`
}
