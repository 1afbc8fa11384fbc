import { createGenerator, type Schema } from 'ts-json-schema-generator'

export type { Schema }
export type Schemas = Readonly<Record<string, Schema>>

/** Reads a type out of a source file as JSON Schema (draft-07); what is exported beside it becomes a definition. */
export const schemaOf = (path: string, type: string): Schema =>
  createGenerator({ path, type, tsconfig: 'tsconfig.json', additionalProperties: false, jsDoc: 'extended', topRef: false }).createSchema(
    type,
  )

/** Everything that a schema refers to, with what that refers to in turn. */
export const definitionsUsed = (schema: Schema, definitions: Schemas, found: Map<string, Schema> = new Map()): Schemas => {
  for (const [, name] of JSON.stringify(schema).matchAll(/"#\/definitions\/([^"]+)"/g)) {
    if (name === undefined || found.has(name)) continue
    const definition = definitions[name]
    if (!definition) throw new Error(`no definition of ${name}`)
    found.set(name, definition)
    definitionsUsed(definition, definitions, found)
  }
  return Object.fromEntries(found)
}

/** The same schema with its references led to where the definitions stand instead. */
export const refersTo = <T>(schema: T, place: string): T =>
  JSON.parse(JSON.stringify(schema).replaceAll('"#/definitions/', `"${place}`)) as T

/** The object schemas among a definition's own. */
export const asSchemas = (definitions: Schema['definitions']): Schemas =>
  Object.fromEntries(Object.entries(definitions ?? {}).filter((entry): entry is [string, Schema] => typeof entry[1] === 'object'))

/** Plain texts that have a name in the code (`Source`) are shown where they are used. */
export const withNamesInlined = ({ definitions, ...schema }: Schema): Schema => {
  const named = asSchemas(definitions)
  const inline = ({ $ref, ...property }: Schema): Schema => {
    const definition = $ref === undefined ? undefined : named[$ref.replace('#/definitions/', '')]
    if (definition && !definition.properties) return { ...definition, ...property }
    return { ...($ref !== undefined && { $ref }), ...property }
  }
  const properties = Object.entries(asSchemas(schema.properties)).map(([name, property]) => [name, inline(property)])
  return { ...schema, properties: Object.fromEntries(properties) as Schemas }
}
