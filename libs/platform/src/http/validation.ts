import { ValidationPipe, type ValidationError } from '@nestjs/common'
import { applyDecorators } from '@nestjs/common'
import { ValidateBy, ValidateIf } from 'class-validator'
import { Problem } from '../problems/problem.js'

/** Checks bodies and queries; what is unknown is an error, since a mistyped filter would silently widen a result. */
export const validation = new ValidationPipe({
  transform: true,
  whitelist: true,
  forbidNonWhitelisted: true,
  forbidUnknownValues: true,
  exceptionFactory: (problems) => invalid(problems),
})

const invalid = (problems: readonly ValidationError[]): Problem => {
  const errors = Object.fromEntries(
    problems.map(({ property, constraints, children }) => [property || 'body', messages(property, constraints, children)]),
  )
  const [field = 'body'] = Object.keys(errors)
  return new Problem({ type: 'invalid-request', detail: `${errors[field]?.[0] ?? 'The request is malformed'}.`, errors })
}

const messages = (
  property: string,
  constraints: ValidationError['constraints'],
  children: ValidationError['children'],
): readonly string[] => {
  const own = Object.values(constraints ?? {}).map((message) => message.replace(/^property (.+) should not exist$/, '$1 is not known here'))
  const below = (children ?? []).flatMap((child) => messages(child.property, child.constraints, child.children))
  return own.length + below.length > 0 ? [...own, ...below] : [`${property || 'body'} is not valid`]
}

/** May be absent. `null` is not absence: it is checked like any other value, and fails. */
export const Optional = () => applyDecorators(ValidateIf((_, value) => value !== undefined))

/** At most so many bytes of UTF-8: the vendor counts bytes, not characters. */
export const MaxBytes = (limit: number) =>
  ValidateBy({
    name: 'maxBytes',
    constraints: [limit],
    validator: {
      validate: (value) => typeof value === 'string' && Buffer.byteLength(value) <= limit,
      defaultMessage: () => `$property must be at most ${limit} bytes of UTF-8`,
    },
  })

/** Neither control characters nor halves of surrogate pairs: such a text could not be logged, sent in a header, or stored as UTF-8. */
export const NoControlCharacters = () =>
  ValidateBy({
    name: 'noControlCharacters',
    validator: {
      validate: (value) => typeof value === 'string' && value.isWellFormed() && !/\p{Cc}/u.test(value),
      defaultMessage: () => '$property must not hold control characters',
    },
  })
