import { readFile } from 'node:fs/promises'
import { format, resolveConfig } from 'prettier'
import { asyncApi } from './async-api.js'
import { publishedSchemas, readEventTypes } from './event-types.js'
import { eventsPage } from './events-page.js'

/** Path → text of each file that is made of the definitions in the code. */
export const generatedFiles = async (): Promise<Readonly<Record<string, string>>> => {
  const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string }
  const types = readEventTypes()
  return {
    'libs/feed/src/event-schemas.json': await formatted('libs/feed/src/event-schemas.json', JSON.stringify(publishedSchemas(types))),
    'docs/asyncapi.yaml': await formatted('docs/asyncapi.yaml', asyncApi(types, version)),
    'docs/reference/events.md': eventsPage(types),
  }
}

const formatted = async (filepath: string, text: string): Promise<string> => format(text, { ...(await resolveConfig(filepath)), filepath })
