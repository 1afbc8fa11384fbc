import { ProjectionFault } from './fault.js'

/**
 * The partition that `partitionBy` gave; `null` skips the event, as anything does that is neither text nor number.
 * @throws ProjectionFault for an empty text, on which EventStoreDB faults
 */
export const partitionName = (given: unknown): string | null => {
  if (typeof given === 'number') return numberText(given)
  if (given === '') throw new ProjectionFault('partitionBy() gave an empty text')
  return typeof given === 'string' ? given : null
}

/** As EventStoreDB's .NET writes a number: 1E+17, 1E-05. */
const numberText = (number: number): string => {
  if (Object.is(number, -0)) return '-0'
  if (!Number.isFinite(number)) return String(number)
  const [mantissa, exponent] = number.toExponential().split('e')
  const power = Number(exponent)
  if (power >= -4 && power < 17) return String(number)
  return `${mantissa}E${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`
}
