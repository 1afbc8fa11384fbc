import type { sendUnaryData, ServerUnaryCall, ServerWritableStream } from '@grpc/grpc-js'
import type { StatisticsReq, StatisticsResp } from '@eventstore/db-client/generated/projections_pb.js'
import type { IProjectionsServer } from '@eventstore/db-client/generated/projections_grpc_pb.js'
import struct from 'google-protobuf/google/protobuf/struct_pb.js'
import type { Node } from '../services/node.js'
import { answer, endOf } from '../services/node.js'
import { failures } from '../wire/failures.js'
import { projections, shared } from '../wire/generated.js'
import { toDetails } from './details.js'
import type { Managed, Manager, Refusal } from './managed.js'
import { isSystemProjection } from './system.js'

/** The server's words: an answer that is another than the one expected. */
const refused = (expected: string, refusal: Refusal) =>
  failures.unknown(`Envelope callback expected ${expected}, received ${refusal} instead`)

/** The service by which projections are managed; every call does what the server does, its texts of errors with it. */
export const projectionsService = (node: Node, manager: Manager): IProjectionsServer => {
  /** Answers a command that changes something. */
  const command =
    <Request, Response>(make: () => Response, deed: (request: Request) => Refusal | undefined, whom: 'anyUser' | 'admin' = 'anyUser') =>
    (call: ServerUnaryCall<Request, Response>, callback: sendUnaryData<Response>) =>
      void answer(node, call, 'projections', callback, () => {
        node.access.checkUser(call.metadata, whom)
        const refusal = deed(call.request)
        if (refusal) throw refused('Updated', refusal)
        return make()
      })
  /** Answers with something of a partition; of a text that does not compile, never. */
  const query = <Response>(
    call: { readonly metadata: ServerUnaryCall<unknown, unknown>['metadata']; getPeer(): string },
    callback: sendUnaryData<Response>,
    name: string,
    expected: string,
    make: (managed: Managed) => Response,
  ) => {
    const managed = manager.all.get(name)
    if (managed?.broken) return
    void answer(node, call, 'projections', callback, () => {
      node.access.checkUser(call.metadata, 'anyUser')
      if (!managed) throw refused(expected, 'NotFound')
      return make(managed)
    })
  }

  return {
    create: command(
      () => new projections.CreateResp(),
      (request) => {
        const options = request.getOptions()!
        const mode = options.getContinuous()
        if (!mode) throw failures.unknown('the double runs continuous projections only')
        return manager.create(mode.getName(), options.getQuery(), mode.getEmitEnabled())
      },
    ),
    update: command(
      () => new projections.UpdateResp(),
      (request) => {
        const options = request.getOptions()!
        return manager.update(options.getName(), options.getQuery(), options.hasEmitEnabled() ? options.getEmitEnabled() : undefined)
      },
    ),
    delete: command(
      () => new projections.DeleteResp(),
      (request) => manager.delete(request.getOptions()!.getName()),
      'admin',
    ),
    enable: command(
      () => new projections.EnableResp(),
      (request) => manager.enable(request.getOptions()!.getName()),
    ),
    disable: command(
      () => new projections.DisableResp(),
      (request) => {
        const options = request.getOptions()!
        return manager.disable(options.getName(), options.getWriteCheckpoint() ? 'Stopped' : 'Aborted/Stopped')
      },
    ),
    reset: command(
      () => new projections.ResetResp(),
      (request) => manager.reset(request.getOptions()!.getName()),
    ),
    restartSubsystem: command(
      () => new shared.Empty(),
      () => undefined,
      'admin',
    ),
    state: (call, callback) => {
      const options = call.request.getOptions()!
      query(call, callback, options.getName(), 'ProjectionState', ({ progress }) => {
        const response = new projections.StateResp()
        response.setState(toValue(progress.partitions.get(options.getPartition())?.state))
        return response
      })
    },
    result: (call, callback) => {
      const options = call.request.getOptions()!
      query(call, callback, options.getName(), 'ProjectionResult', ({ progress }) => {
        const kept = progress.partitions.get(options.getPartition())
        const response = new projections.ResultResp()
        response.setResult(toValue(kept?.result ?? kept?.state))
        return response
      })
    },
    statistics: (call) => void statistics(node, manager, call),
  }
}

const statistics = async (node: Node, manager: Manager, call: ServerWritableStream<StatisticsReq, StatisticsResp>): Promise<void> => {
  const name = call.request.getOptions()?.getName() ?? ''
  await answer<readonly Managed[]>(
    node,
    call,
    'projections',
    (failure, all = []) => {
      if (failure) return void call.emit('error', failure)
      for (const managed of all) {
        const response = new projections.StatisticsResp()
        response.setDetails(toDetails(node.log, managed))
        call.write(response)
      }
      call.end()
    },
    () => {
      node.access.checkUser(call.metadata, 'anyUser')
      const all = name === '' ? [...manager.all.values()] : [...manager.all.values()].filter((managed) => managed.name === name)
      if (name !== '' && all.length === 0) throw refused('Statistics', 'NotFound')
      // One text that does not compile blinds the whole list.
      if (all.some(({ broken }) => broken)) throw failures.unknown('Exception was thrown by handler.')
      return all.toSorted((a, b) => Number(isSystemProjection(b.name)) - Number(isSystemProjection(a.name)))
    },
  ).catch((error: unknown) => void call.emit('error', endOf(error)))
}

const toValue = (json: string | null | undefined): InstanceType<typeof struct.Value> =>
  struct.Value.fromJavaScript(json ? (JSON.parse(json) as Parameters<typeof struct.Value.fromJavaScript>[0]) : {})
