import { ValidationPipe, type ArgumentMetadata, type ValidationError } from '@nestjs/common'
import { Problem } from '../problems/problem.js'
import { isNaturalKey } from './natural-keys.js'

/**
 * Nest's pipe over class-validator, as strict as the contract. What is unknown is an error, in a query too, since a mistyped
 * filter would silently widen a result. Nothing is converted but what a DTO converts itself.
 */
class StrictValidationPipe extends ValidationPipe {
  constructor() {
    super({ transform: true, whitelist: true, forbidNonWhitelisted: true, forbidUnknownValues: true, exceptionFactory: invalid })
  }

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (this.toValidate(metadata)) {
      // Nest would take a body that is not there for an empty one.
      if (metadata.type === 'body' && (typeof value !== 'object' || value === null))
        throw new Problem({ type: 'invalid-request', detail: 'A JSON body is required.', errors: { body: ['is required'] } })
      // class-validator takes what every object has by nature (`constructor`, `toString`, …) for known.
      const natural = Object.keys(value ?? {}).filter(isNaturalKey)
      if (natural.length > 0)
        throw new Problem({
          type: 'invalid-request',
          detail: `${natural[0]} is not known here.`,
          errors: Object.fromEntries(natural.map((name) => [name, [`${name} is not known here`]])),
        })
    }
    return super.transform(value, metadata)
  }
}

const invalid = (problems: readonly ValidationError[]): Problem => {
  const fields = problems.flatMap((problem) => flatten(problem, ''))
  const [[, [first = 'The request is malformed']] = ['', []]] = fields
  return new Problem({ type: 'invalid-request', detail: `${first}.`, errors: Object.fromEntries(fields) })
}

type FieldMessages = readonly [field: string, messages: readonly string[]]

const flatten = ({ property, value, constraints, children = [] }: ValidationError, above: string): readonly FieldMessages[] => {
  const field = above + (property || 'body')
  // What is not there breaks every rule of its field at once: none of them says what is wrong.
  if (property && value === undefined && constraints) return [[field, [`${field} is required`]]]
  const below = children.flatMap((child) => flatten(child, `${field}.`))
  const own = Object.values(constraints ?? {}).map((message) =>
    message.replace(/^property (.*) should not exist$/s, '$1 is not known here'),
  )
  if (own.length === 0) return below.length > 0 ? below : [[field, [`${field} is not valid`]]]
  return [[field, own], ...below]
}

/** For `app.useGlobalPipes`; failures are `invalid-request` with `errors` by field (`inner.size` for one within another). */
export const validation: ValidationPipe = new StrictValidationPipe()
