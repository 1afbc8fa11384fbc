import { readEnvelope } from './async-api.js'
import type { EventType } from './event-types.js'
import { asSchemas, schemaOf, withNamesInlined, type Schema, type Schemas } from './types-to-schema.js'

const groups = {
  Fact: 'What the vendor said happened: in a callback, or when it was asked. Only facts change a room.',
  Request: 'What somebody asked for through this service, written down before the vendor is called.',
  Outcome: 'What became of the call.',
} as const

const beginning = `# Events

Everything that the ledger knows is an event in the stream \`room-{roomId}\`, one stream for each room id. The feed tells them as
CloudEvents ([how to consume it](../how-to/consume-the-feed.md)); with EventStoreDB as the store they can be
[read there directly](../how-to/subscribe-to-eventstoredb.md).

This page is made of the definitions in the code by \`npm run schemas\`. The JSON Schema of the \`data\` of a type is at
\`GET /schemas/{type}/{version}\`, all of them at \`GET /schemas\`, without a credential; [asyncapi.yaml](../asyncapi.yaml) (AsyncAPI 3.0)
describes the feed as a whole. A field that is absent was not said; where \`null\` can stand, it says so.`

const envelopeText = `## As the feed tells it

Structured mode, \`application/cloudevents+json\` within JSON pages and \`text/event-stream\`. \`dataschema\` and \`source\` are relative to
the address of the service. A strict reader of CloudEvents takes absolute addresses only for \`dataschema\`: resolve it first, with
\`new URL(event.dataschema, address)\` or the like.`

const metadataText = `## As it is stored

\`type\`, \`data\` and a \`metadata\` of these fields. Readers of EventStoreDB find them as they stand here.`

/** The text of docs/reference/events.md. */
export const eventsPage = (types: readonly EventType[]): string => {
  const metadata = schemaOf('libs/room/src/events.ts', 'RoomEventMetadata')
  const shared = { ...asSchemas(metadata.definitions), ...(Object.assign({}, ...types.map(({ definitions }) => definitions)) as Schemas) }
  return [
    beginning,
    envelopeText,
    table(readEnvelope()),
    metadataText,
    table(withNamesInlined(metadata), shared),
    ...Object.entries(groups).flatMap(([group, text]) => [
      `## ${group}s`,
      text,
      ...grouped(types.filter((one) => one.group === group)).flatMap(({ names, lines, data }) => [names, lines, table(data, shared)]),
    ]),
    '## Shapes that several share',
    ...Object.entries(shared)
      .filter(([, { properties }]) => properties)
      .flatMap(([name, schema]) => [
        `### ${name}`,
        ...(schema.description ? [schema.description] : []),
        table(schema, name === 'RoomInfo' ? {} : shared),
      ]),
    '',
  ].join('\n\n')
}

/** Types whose data is the same stand together. */
const grouped = (types: readonly EventType[]) => {
  const alike = Map.groupBy(types, ({ data }) => JSON.stringify(data))
  return [...alike.values()].map((same) => ({
    names: `### ${same.map(({ type }) => type).join(', ')}`,
    lines: same.length === 1 ? same[0]!.description : same.map(({ type, description }) => `- \`${type}\`: ${description}`).join('\n'),
    data: same[0]!.data,
  }))
}

const table = (schema: Schema, shared: Schemas = {}): string =>
  ['| field | holds | |', '|---|---|---|', ...rowsOf(schema, shared, '')].join('\n')

const rowsOf = ({ properties, required = [] }: Schema, shared: Schemas, path: string): string[] => {
  const all = asSchemas(properties)
  const known = Object.keys(asSchemas(shared['RoomInfo']?.properties))
  const extendsInfo = known.length > 0 && known.every((name) => name in all)
  const own = Object.entries(all).filter(([name]) => !extendsInfo || !known.includes(name))
  return [
    ...own.flatMap(([name, property]) => [
      `| \`${path}${name}\`${required.includes(name) ? '' : ' (optional)'} | ${kindOf(property)} | ${(property.description ?? '').replaceAll('\n', ' ')} |`,
      ...(property.properties ? rowsOf(property, shared, `${path}${name}.`) : []),
    ]),
    ...(extendsInfo ? [`| \`${path}…\` (optional) | | The fields of [RoomInfo](#roominfo). |`] : []),
  ]
}

const kindOf = ({ $ref, const: one, enum: some, type, items, format, additionalProperties }: Schema): string => {
  if ($ref !== undefined) return named($ref)
  if (one !== undefined) return `\`${JSON.stringify(one)}\``
  if (some) return some.map((value) => `\`${String(value)}\``).join(', ')
  if (type === 'array' && typeof items === 'object' && !Array.isArray(items)) return `list of ${kindOf(items)}`
  if (type === 'object' && typeof additionalProperties === 'object') return `any keys, each ${kindOf(additionalProperties)}`
  return [type].flat().join(' or ') + (format === undefined ? '' : `, ${format}`)
}

const named = ($ref: string): string => {
  const name = $ref.replace('#/definitions/', '')
  return `[${name}](#${name.toLowerCase()})`
}
