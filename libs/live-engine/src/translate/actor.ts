import type { Actor } from '#room'
import { restPlatform, systemOperator } from '../wire/commands.js'

/**
 * Who did it. The platform names itself `@TIM#SYSTEM`; what came over REST says so in `OptPlatform`, which some
 * callbacks lack: there our own admin account is taken to be us, since nothing else should use it.
 */
export const readActor = (operator: string | undefined, optPlatform: string | undefined, adminAccount: string): Actor => {
  if (operator === undefined) return { kind: 'system', id: 'unknown' }
  if (operator === systemOperator) return { kind: 'system', id: operator }
  const overRest = optPlatform?.toUpperCase() === restPlatform
  return { kind: overRest || (!optPlatform && operator === adminAccount) ? 'apiClient' : 'account', id: operator }
}
