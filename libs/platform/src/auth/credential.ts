import type { Scope } from './decorators.js'

/** Who a secret or a token stands for, and what it may do. */
export interface Credential {
  readonly kind: 'apiKey' | 'oidc'
  readonly id: string
  readonly scopes: readonly Scope[]
  /** May name the person behind it. */
  readonly mayActFor: boolean
}
