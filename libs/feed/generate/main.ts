import { writeFile } from 'node:fs/promises'
import { generatedFiles } from './files.js'

// `npm run schemas`: writes the published schemas anew after a type of event has changed.
for (const [path, text] of Object.entries(await generatedFiles())) await writeFile(path, text)
