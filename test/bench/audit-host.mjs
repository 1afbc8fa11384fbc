// The built service, put together as it puts itself together, with the tree following the log or not:
// `audit-host.mjs BUILD on|off`, settings in the environment. Where it does not, one that never reads stands in its place.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const [build, follows] = process.argv.slice(2)
const built = (path) => import(pathToFileURL(join(build, 'dist', path)).href)
await import('reflect-metadata')
const { loadSettings, openApiKeys } = await built('libs/platform/src/index.js')
const { openAdapters, closeAdapters } = await built('apps/service/src/adapters.js')
const { createService } = await built('apps/service/src/service.js')
const { createApp } = await built('apps/service/src/create-app.js')
const { listen } = await built('apps/service/src/listen.js')

const idle = {
  start: async () => undefined,
  stop: async () => undefined,
  status: () => ({ size: 0, position: -1n, caughtUp: true }),
  catchUp: async () => true,
  root: () => Buffer.alloc(32),
}
const settings = loadSettings(process.env)
const log = (level, message) => level !== 'debug' && process.stderr.write(`${level} ${message}\n`)
const opened = await openAdapters(settings, log)
const adapters = follows === 'on' ? opened : { ...opened, auditLog: idle }
const service = createService(settings, adapters, log)
const app = await createApp({ settings, service, apiKeys: openApiKeys(settings.apiKeysFile), log })
await Promise.all([adapters.projections.start(), adapters.directory.start(), adapters.auditLog.start()])
await listen(app, 0, '127.0.0.1')
service.start()
process.stdout.write(`listening on ${await app.getUrl()}\n`)
process.on('SIGTERM', async () => {
  const size = opened.auditLog.status().size
  await Promise.all([app.close(), service.windDown()])
  await service.seal()
  await closeAdapters({ ...adapters, auditLog: opened.auditLog })
  process.stdout.write(`tree of ${size}\n`)
  process.exit(0)
})
