import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import { eventTypes } from '#room'
import { generatedFiles } from '../generate/files.js'
import { eventSchema, eventSchemas } from '../src/index.js'

/** Of a diagnostic of AsyncAPI's parser; what is above only informs. */
const warning = 1
interface Parsed {
  readonly version: string
  readonly diagnostics: readonly { readonly severity: number; readonly message: string }[]
  readonly messages: Readonly<Record<string, readonly string[]>>
}

describe('what is published of the types of events', () => {
  it(
    'given the definitions in the code, then the files made of them say the same (else: npm run schemas)',
    { timeout: 60_000 },
    async () => {
      for (const [path, text] of Object.entries(await generatedFiles())) expect([path, await readFile(path, 'utf8')]).toEqual([path, text])
    },
  )

  it('given each type of event, then it has a schema that stands for itself and takes nothing beside what it names', () => {
    expect(eventSchemas.map(({ type }) => type).toSorted()).toEqual(eventTypes.toSorted())
    for (const { type, version, id } of eventSchemas) {
      const schema = eventSchema(type, version)!
      expect(schema).toMatchObject({ $id: id, title: type, additionalProperties: false, description: expect.stringMatching(/\S/) })
      expect(new Ajv({ strict: true, allowUnionTypes: true }).compile(schema)({ stranger: 1 })).toBe(false)
    }
  })

  it('given a type, a version or a name that there is none of, then there is no schema', () => {
    for (const [type, version] of [
      ['OwnerChanged', '2'],
      ['OwnerChanged', '01'],
      ['Nothing', '1'],
      ['constructor', '1'],
      ['', ''],
    ] as const)
      expect(eventSchema(type, version)).toBeUndefined()
  })

  it(
    'given the description of the feed, when the parser of AsyncAPI reads it, then it has nothing to object to',
    { timeout: 60_000 },
    async () => {
      const { stdout } = await promisify(execFile)(process.execPath, ['libs/feed/test/parse-async-api.mjs', 'docs/asyncapi.yaml'])
      const { version, diagnostics, messages } = JSON.parse(stdout) as Parsed

      expect(diagnostics.filter(({ severity }) => severity <= warning)).toEqual([])
      expect(version).toBe('3.0.0')
      expect(Object.keys(messages)).toEqual(['/v1/events', '/v1/events/stream', '/v1/consumers/{name}/events'])
      expect(messages['/v1/events/stream']!.toSorted()).toEqual(eventTypes.map((type) => `room-ledger.${type}`).toSorted())
    },
  )
})
