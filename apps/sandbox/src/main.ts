import { createSandbox } from './sandbox.js'
import { readSettings } from './settings.js'

/** sysexits' EX_CONFIG: the settings are at fault. */
const BAD_SETTINGS = 78

const read = readSettings(process.env)
if ('problems' in read) {
  console.error(`The sandbox cannot start: ${read.problems.join('; ')}.`)
  process.exit(BAD_SETTINGS)
}

const sandbox = createSandbox(read.settings)
const url = await sandbox.listen()
console.log(`Sandbox of the vendor listens at ${url}`)
process.send?.({ url })

let ending = false
const end = () => {
  if (ending) return
  ending = true
  void sandbox.close().then(() => process.exit(0))
}
process.on('SIGTERM', end)
process.on('SIGINT', end)
// Started by another program and left alone by it, even by its crash: there is nobody to stand in for any more.
process.on('disconnect', end)
