// Prints what AsyncAPI's own parser makes of a file. A process of its own: the conditions that tests run under lead the
// parser's dependencies to modules that they do not mean.
import { readFile } from 'node:fs/promises'
import { Parser } from '@asyncapi/parser'

const { document, diagnostics } = await new Parser().parse(await readFile(process.argv[2], 'utf8'))
const channels = document?.channels().all() ?? []
console.log(
  JSON.stringify({
    version: document?.version(),
    diagnostics,
    messages: Object.fromEntries(
      channels.map((channel) => [
        channel.address(),
        channel
          .messages()
          .all()
          .map((message) => message.name()),
      ]),
    ),
  }),
)
