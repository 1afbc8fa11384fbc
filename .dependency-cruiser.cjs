// Who may import whom (see docs/explanation/architecture.md). `npm test` runs it, and a planted violation proves that it bites.
const lib = (name) => `^libs/${name}/src/`
const door = '^libs/[^/]+/src/(wire/)?index\\.ts$'

/** A lib may import only its own files and the named other libs' doors. */
const only = (name, allowed) => ({
  name: `${name}-imports-only-${allowed.join('-') || 'itself'}`,
  severity: 'error',
  from: { path: lib(name) },
  to: { path: '^(libs|apps)/', pathNot: [lib(name), ...allowed.map((other) => `^libs/${other}/src/index\\.ts$`)] },
})

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'room-is-pure',
      comment: 'The domain knows no npm package, no Node module, no framework.',
      severity: 'error',
      from: { path: lib('room') },
      to: { pathNot: lib('room') },
    },
    only('event-store', []),
    only('event-store-sqlite', ['event-store']),
    only('event-store-esdb', ['event-store', 'projections']),
    only('projections', ['event-store']),
    only('directory', ['room', 'event-store']),
    only('feed', ['room', 'event-store']),
    only('live-engine', ['room']),
    only('audit-log', ['event-store', 'room']),
    only('platform', []),
    {
      name: 'live-engine-knows-only-types-of-room',
      severity: 'error',
      from: { path: lib('live-engine') },
      to: { path: lib('room'), dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'esdb-knows-only-types-of-projections',
      comment: 'docs/adr/006: the server runs the projections, so their engine and its file have no business there.',
      severity: 'error',
      from: { path: lib('event-store-esdb') },
      to: { path: lib('projections'), dependencyTypesNot: ['type-only'] },
    },
    { name: 'libs-know-no-nest', severity: 'error', from: { path: '^libs/(?!platform/)' }, to: { path: 'node_modules/@nestjs' } },
    { name: 'libs-through-their-door', severity: 'error', from: { path: '^apps/[^/]+/src/' }, to: { path: '^libs/', pathNot: door } },
    {
      name: 'wire-door-is-for-the-sandbox',
      severity: 'error',
      from: { path: '^apps/(?!sandbox/)[^/]+/src/' },
      to: { path: '^libs/live-engine/src/wire/' },
    },
    {
      name: 'sandbox-knows-only-the-wire',
      severity: 'error',
      from: { path: '^apps/sandbox/src/' },
      to: { path: '^libs/', pathNot: '^libs/live-engine/src/wire/index\\.ts$' },
    },
    { name: 'apps-import-no-other-app', severity: 'error', from: { path: '^apps/([^/]+)/' }, to: { path: '^apps/', pathNot: '^apps/$1/' } },
    {
      name: 'adapters-only-in-the-composition-root',
      severity: 'error',
      from: { path: '^apps/service/src/', pathNot: '^apps/service/src/(app\\.module|adapters)\\.ts$' },
      to: { path: '^libs/event-store-(sqlite|esdb)/' },
    },
    { name: 'nothing-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|coverage|node_modules)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['source', 'import', 'require', 'node', 'default'] },
  },
}
