import { applyDecorators } from '@nestjs/common'
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger'
import { IsBoolean, IsIn, IsInt, IsNotEmpty, IsString, Max, MaxLength, Min } from 'class-validator'
import { MaxBytes, NoControlCharacters, Optional } from '#platform'

/** Building blocks of the command bodies: what is checked and what the API page says of it, in one place each. */

/** @param bytes the vendor's limit, in bytes of UTF-8. */
export const OptionalText = (bytes: number, description: string) =>
  applyDecorators(
    ApiPropertyOptional({ type: String, description: `${description}. At most ${bytes} bytes.` }),
    Optional(),
    IsString(),
    MaxBytes(bytes),
  )

export const Name = (bytes: number, description: string) =>
  applyDecorators(
    ApiProperty({ type: String, description: `${description}. At most ${bytes} bytes.` }),
    IsString(),
    IsNotEmpty(),
    NoControlCharacters(),
    MaxBytes(bytes),
  )

export const OptionalName = (bytes: number, description: string) =>
  applyDecorators(
    ApiPropertyOptional({ type: String, description: `${description}. At most ${bytes} bytes.` }),
    Optional(),
    IsString(),
    IsNotEmpty(),
    NoControlCharacters(),
    MaxBytes(bytes),
  )

export const OptionalFlag = (description: string) =>
  applyDecorators(ApiPropertyOptional({ type: Boolean, description }), Optional(), IsBoolean())

/** The vendor's integers are taken to be 32 bits wide; nothing says more. */
export const OptionalInteger = (description: string, min = -(2 ** 31)) =>
  applyDecorators(ApiPropertyOptional({ type: 'integer', description, minimum: min }), Optional(), IsInt(), Min(min), Max(2 ** 31 - 1))

export const OptionalChoice = (values: readonly string[], description: string) =>
  applyDecorators(ApiPropertyOptional({ enum: values, description }), Optional(), IsIn([...values]))

/** Why somebody wants it: kept with the request, for the audit. */
export const Reason = () =>
  applyDecorators(
    ApiPropertyOptional({ type: String, maxLength: 500, description: 'Why; kept for the audit. At most 500 characters.' }),
    Optional(),
    IsString(),
    MaxLength(500),
  )
