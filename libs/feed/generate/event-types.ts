import { currentSchema } from '#room'
import { asSchemas, definitionsUsed, schemaOf, type Schema, type Schemas } from './types-to-schema.js'

const source = 'libs/room/src/events.ts'

/** A type of event as its definition says: what it means, and the shape of its `data`. */
export interface EventType {
  readonly type: string
  readonly version: number
  readonly group: 'Fact' | 'Request' | 'Outcome'
  readonly description: string
  readonly data: Schema
  readonly definitions: Schemas
}

/** Every type of event, in the order of the definition. */
export const readEventTypes = (): readonly EventType[] =>
  (['Fact', 'Request', 'Outcome'] as const).flatMap((group) => {
    const union = schemaOf(source, group)
    return (union.anyOf ?? []).map((member) => {
      const { type, data } = asSchemas((member as Schema).properties)
      if (!type || !data) throw new Error(`${group} holds something that is no event`)
      const definitions = definitionsUsed(data, asSchemas(union.definitions))
      return { type: String(type.const), version: currentSchema, group, description: type.description ?? '', data, definitions }
    })
  })

/** `OwnerChanged/1` → the schema of its `data`, as it is published. */
export const publishedSchemas = (types: readonly EventType[]): Schemas =>
  Object.fromEntries(
    types.map(({ type, version, description, data, definitions }) => [
      `${type}/${version}`,
      {
        $schema: 'http://json-schema.org/draft-07/schema#',
        $id: `/schemas/${type}/${version}`,
        title: type,
        description,
        ...data,
        ...(Object.keys(definitions).length > 0 && { definitions }),
      },
    ]),
  )
