import type { Settings } from '#platform'
import { checkClock } from './check-clock.js'
import { checkApiKeys, checkAuditKey, checkDataDir } from './check-files.js'
import { checkSettings } from './check-settings.js'
import { checkStore } from './check-store.js'
import { checkVendor } from './check-vendor.js'
import { lineOf, mend, ok, skip, type Finding } from './finding.js'

/** The command: prints a line for each thing looked at. Exit code 0 when there is nothing to mend, else 1. */
export const doctor = async (): Promise<void> => {
  let wrong = 0
  const say = (finding: Finding): void => {
    if (finding.verdict === 'mend') wrong += 1
    process.stdout.write(lineOf(finding))
  }
  try {
    for await (const finding of examine()) say(finding)
  } catch (error) {
    say(mend('doctor', `cannot go on: ${(error as Error).message}`))
  }
  process.stdout.write(wrong === 0 ? '\nNothing to mend.\n' : `\n${wrong} to mend. Settings: docs/reference/settings.md\n`)
  process.exitCode = wrong === 0 ? 0 : 1
}

async function* examine(): AsyncGenerator<Finding> {
  const { findings, settings, inSandbox, makesKey } = checkSettings(process.env, '.env')
  yield* findings
  if (!settings) return yield skip('the rest', 'is looked at when the settings can be used')

  yield checkDataDir(settings)
  yield checkApiKeys(settings, makesKey)
  yield checkAuditKey(settings)
  if (settings.audit.checkpointSink === undefined)
    yield skip('sink', 'AUDIT_CHECKPOINT_SINK is not set: checkpoints are kept where the log is, and nowhere else')
  yield* await checkStore(settings)
  if (inSandbox) return yield skip('vendor', 'is the sandbox that the service brings along')
  yield checkCallbacks(settings)
  yield await checkVendor(settings)
  yield await checkClock(settings)
}

const checkCallbacks = ({ live: { callbackTokens, callbackPathSecret } }: Settings): Finding => {
  if (callbackTokens.length > 0)
    return ok('callbacks', `are signed; ${callbackTokens.length === 1 ? 'one token is' : `${callbackTokens.length} tokens are`} taken`)
  const guard = callbackPathSecret === undefined ? 'whoever finds the address can make up facts' : 'the path secret alone guards them'
  return ok('callbacks', `are taken unsigned, as LIVE_CALLBACK_UNSIGNED allows; ${guard}. Better set LIVE_CALLBACK_TOKEN`)
}
