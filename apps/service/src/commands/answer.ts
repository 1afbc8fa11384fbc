import type { FastifyReply } from 'fastify'
import { Problem } from '#platform'
import type { Operation } from '#room'
import { presentOperation } from '../ledger/present.js'
import { vendorProblem } from '../vendor-problem.js'

/**
 * Answers a command with its operation: 200 when confirmed, 202 while it is open.
 * @throws Problem for what the vendor refused; it carries the operation id.
 */
export const answerWith = (reply: FastifyReply, operation: Operation) => {
  if (operation.status === 'rejected') throw refused(operation)
  const body = presentOperation(operation)
  void reply
    .status(operation.status === 'confirmed' ? 200 : 202)
    .header('Location', `/v1/operations/${operation.operationId}`)
    .header('Ledger-Position', body.position)
  return body
}

const refused = ({ operationId, vendor, cause, kind }: Operation): Problem => {
  const headers = { Location: `/v1/operations/${operationId}` }
  if (vendor?.errorCode === undefined)
    return new Problem({
      type: 'not-as-requested',
      detail: `The vendor gave no clear answer, and its room is not as requested (${cause ?? 'unknown'}). Nothing was done; ask again if it is still wanted.`,
      operationId,
      headers,
    })
  return vendorProblem(vendor, { kind, operationId, headers })
}
