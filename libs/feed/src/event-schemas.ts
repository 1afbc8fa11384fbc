import schemas from './event-schemas.json' with { type: 'json' }

type JsonSchema = Readonly<Record<string, unknown>>

/** Address of the schema of a type's `data`, relative to the service. */
export const schemaId = (type: string, version: number | string): string => `/schemas/${type}/${version}`

/** Every published schema. */
export const eventSchemas: readonly { readonly type: string; readonly version: string; readonly id: string }[] = Object.keys(schemas).map(
  (name) => {
    const [type = '', version = ''] = name.split('/')
    return { type, version, id: schemaId(type, version) }
  },
)

/** The schema of a type's `data`; undefined where there is none of that version. */
export const eventSchema = (type: string, version: string): JsonSchema | undefined => {
  const name = `${type}/${version}`
  return Object.hasOwn(schemas, name) ? (schemas as Readonly<Record<string, JsonSchema>>)[name] : undefined
}
