export { openApiKeys, type ApiKeys } from './auth/api-keys.js'
export type { Credential } from './auth/credential.js'
export { AUTHENTICATOR, AuthGuard } from './auth/auth.guard.js'
export { createAuthenticator, type Authenticator } from './auth/authenticator.js'
export {
  ACCESS,
  CurrentRequester,
  Public,
  RequireScopes,
  scopes,
  type Access,
  type Authenticated,
  type Requester,
  type Scope,
} from './auth/decorators.js'
export { createFailedAttempts, type FailedAttempts, type FailedAttemptsOptions } from './auth/failed-attempts.js'
export { guardAddresses } from './auth/guard-addresses.js'
export { KeyInQuery } from './auth/key-in-query.js'
export { KeysFileError } from './auth/keys-file.js'
export { createOidc, type Oidc } from './auth/oidc.js'
export { isWithin } from './http/addresses.js'
export { MaxBytes, NoControlCharacters, Optional } from './http/constraints.js'
export { refuseDoubledParameters } from './http/doubled-parameters.js'
export { fastifyOptions } from './http/fastify-options.js'
export { serveOpenApi } from './http/open-api.js'
export { publicPath } from './http/public-path.js'
export { refuseWhileClosing } from './http/refuse-while-closing.js'
export { sendSecurityHeaders } from './http/security-headers.js'
export { bodyLimit, registerStrictJson } from './http/strict-json.js'
export { validation } from './http/validation.js'
export { HEALTH_CHECKS, HealthController, type HealthCheck } from './observability/health.js'
export { loggingModule, logQuietly } from './observability/logging.js'
export { counter, gauge, gauges, measureRequests, MetricsController, type Sample } from './observability/metrics.js'
export { Problem, type ProblemParts } from './problems/problem.js'
export { ProblemFilter } from './problems/problem-filter.js'
export { problemTypes, type ProblemType } from './problems/problem-types.js'
export { ProblemsController } from './problems/problems.controller.js'
export { problemsPage } from './problems/problems-page.js'
export { sendProblem } from './problems/send-problem.js'
export { toProblem } from './problems/to-problem.js'
export { namesVendor, withEnvFile, type Environment } from './settings/environment.js'
export { loadSettings, type LoadOptions } from './settings/load-settings.js'
export { redactedSummary } from './settings/redacted-summary.js'
export { SettingsError, type Settings } from './settings/settings.js'
