import { isObject, isStrings } from '../commands/is-object.js'
import { noFaults, type FaultSettings } from './faults.js'

type Rule = (value: unknown) => boolean

/** A yes or no is 1 or 0: always or never. */
const isProbability: Rule = (value) => typeof value === 'boolean' || (typeof value === 'number' && value >= 0 && value <= 1)
const isCode: Rule = (value) => Number.isSafeInteger(value) && Number(value) > 0
const isWhole =
  (highest: number): Rule =>
  (value) =>
    Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) <= highest
const isRefusal: Rule = (value) =>
  isObject(value) &&
  isCode(value['code']) &&
  isProbability(value['probability'] ?? 1) &&
  Object.keys(value).every((name) => name === 'code' || name === 'probability')

const groups: Readonly<Record<string, Readonly<Record<string, Rule>>>> = {
  callbacks: { drop: isProbability, duplicate: isProbability, shuffle: isProbability, delayMs: isWhole(600_000), retry: isWhole(10) },
  rest: {
    timeout: isProbability,
    acceptThenTimeout: isProbability,
    http502: isProbability,
    failWith: (value) => value === null || isCode(value) || isRefusal(value),
    commands: (value) => value === null || isStrings(value),
  },
}
const topLevel: Readonly<Record<string, Rule>> = { seed: Number.isSafeInteger, ...groups['callbacks'], ...groups['rest'] }

/**
 * Reads the body of `PUT /_sandbox/faults`. Names may stand in their group (`callbacks` or `callback`, `rest`) or at the
 * top; what is not named is off.
 * @returns the settings, or what is wrong, by name
 */
export function readFaults(body: unknown): { settings: FaultSettings } | { errors: Record<string, string> } {
  if (!isObject(body)) return { errors: { body: 'must be a JSON object' } }
  const errors: Record<string, string> = {}
  const values = new Map<string, unknown>()
  const take = (from: Record<string, unknown>, rules: Readonly<Record<string, Rule>>, path: string) => {
    for (const [name, value] of Object.entries(from)) {
      const rule = Object.hasOwn(rules, name) ? rules[name] : undefined
      if (!rule) errors[path + name] = 'is not a known fault'
      else if (!rule(value)) errors[path + name] = 'has no value of that kind'
      else values.set(name, value)
    }
  }
  const { callback = {}, callbacks = callback, rest = {}, ...flat } = body
  for (const [name, group] of Object.entries({ callbacks, rest })) {
    if (isObject(group)) take(group, groups[name] ?? {}, `${name}.`)
    else errors[name] = 'must be an object'
  }
  take(flat, topLevel, '')
  return Object.keys(errors).length > 0 ? { errors } : { settings: settingsOf(values) }
}

/** The values were checked by their rules. */
function settingsOf(values: ReadonlyMap<string, unknown>): FaultSettings {
  const number = (name: string) => Number(values.get(name) ?? 0)
  const failWith = values.get('failWith') ?? null
  const commands = values.get('commands')
  return {
    seed: Number(values.get('seed') ?? noFaults.seed),
    callbacks: {
      drop: number('drop'),
      duplicate: number('duplicate'),
      delayMs: number('delayMs'),
      shuffle: number('shuffle'),
      retry: number('retry'),
    },
    rest: {
      failWith: isObject(failWith)
        ? { code: Number(failWith['code']), probability: Number(failWith['probability'] ?? 1) }
        : failWith && { code: Number(failWith), probability: 1 },
      timeout: number('timeout'),
      acceptThenTimeout: number('acceptThenTimeout'),
      http502: number('http502'),
      commands: isStrings(commands) ? commands : null,
    },
  }
}
