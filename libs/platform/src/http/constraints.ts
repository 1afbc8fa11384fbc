import { ValidateBy, ValidateIf } from 'class-validator'

/** May be absent. `null` is not absence: it is checked like any other value, and fails. */
export const Optional = () => ValidateIf((_, value) => value !== undefined)

/**
 * At most so many bytes of UTF-8: the vendor counts bytes, not characters.
 * @example @IsString() @MaxBytes(48) roomId: string
 */
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
