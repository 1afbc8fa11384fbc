import type { Metadata } from '@grpc/grpc-js'
import type { FaultPlan, Operation, Fault } from '../faults.js'
import { wait } from '../faults.js'
import type { Log } from '../log/log.js'
import type { Failure } from '../wire/failures.js'
import { failures, isFailure } from '../wire/failures.js'
import type { Access } from './access.js'

/** One double, as its services see it. */
export interface Node {
  readonly log: Log
  readonly faults: FaultPlan
  readonly access: Access
  readonly members: () => readonly Member[]
  /** Events that may wait for a live subscriber before it is dropped as too slow. */
  readonly liveBuffer: number
  /** What ends each live subscription that is open. */
  readonly live: Set<(why: Failure) => void>
  /** Cuts the connection that a call came by. */
  cut(peer: string): void
}

export interface Member {
  readonly id: string
  readonly host: string
  readonly port: number
  readonly isLeader: boolean
  readonly isAlive: boolean
  readonly isSelf: boolean
}

/** What every kind of call has. */
export interface Call {
  readonly metadata: Metadata
  getPeer(): string
}

/** The connection is gone: nobody is there to be answered. */
class Cut extends Error {}

const leaderOf = (node: Node): Member => node.members().find(({ isLeader, isAlive }) => isLeader && isAlive) ?? node.members()[0]!

const notLeader = (node: Node): Failure => {
  const { host, port } = leaderOf(node)
  return failures.notLeader(host, port)
}

const dropped = (node: Node, call: Call): Cut => {
  node.cut(call.getPeer())
  return new Cut()
}

/** @throws what the fault says that the call ends with, before anything is done */
export const before = async (node: Node, call: Call, fault: Fault | undefined): Promise<void> => {
  if (call.metadata.get('requires-leader')[0] === 'true' && !leaderOf(node).isSelf) throw notLeader(node)
  if (fault?.kind === 'late') return wait(fault)
  if (fault?.kind === 'drop-before') throw dropped(node, call)
  if (fault?.kind === 'not-leader') throw notLeader(node)
  if (fault?.kind === 'unavailable') throw failures.unavailable()
  if (fault?.kind === 'cancelled') throw failures.cancelled()
  if (fault?.kind === 'deadline') throw failures.deadline()
  if (fault?.kind === 'operation-failed') throw failures.unknown('Envelope callback expected Updated, received OperationFailed instead')
  if (fault?.kind === 'denied') throw failures.accessDenied()
}

/** @throws what the fault says that the call ends with, after it was done */
export const after = async (node: Node, call: Call, fault: Fault | undefined): Promise<void> => {
  if (fault?.kind === 'late-answer') return wait(fault)
  if (fault?.kind === 'drop-after') throw dropped(node, call)
  if (fault?.kind === 'timeout-after') throw failures.timeout('Commit phase timeout.')
}

/** Cuts the call's connection in the middle of a read. */
export const breakOff = (node: Node, call: Call): void => void dropped(node, call)

/** @returns how a call ends that met this error; nothing where it has no end that anyone would see */
export const endOf = (error: unknown): Failure | undefined => {
  if (error instanceof Cut) return undefined
  return isFailure(error) ? error : failures.unknown(error instanceof Error ? error.message : 'Exception was thrown by handler.')
}

/** Answers one call, with the fault that it meets. */
export const answer = async <T>(
  node: Node,
  call: Call,
  operation: Operation,
  respond: (failure: Failure | null, response?: T) => void,
  work: () => T | Promise<T>,
): Promise<void> => {
  const fault = node.faults.take(operation)
  try {
    await before(node, call, fault)
    const response = await work()
    await after(node, call, fault)
    respond(null, response)
  } catch (error) {
    const failure = endOf(error)
    if (failure) respond(failure)
  }
}
