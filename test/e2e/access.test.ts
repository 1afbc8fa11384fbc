import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { allScopes, writeKeysFile } from '../support/keys-file.js'
import { routesOf, type Route } from '../support/routes.js'
import { createWorld, type World } from '../support/world.js'

/** Open to everybody, and why. Everything else needs a credential. */
const open: readonly RegExp[] = [
  /^\/health\/(live|ready)$/, // asked by whoever runs the process
  /^\/metrics$/, // unless METRICS_SCOPE is set
  /^\/docs(\/.*)?$/, // unless DOCS_SCOPE is set
  /^\/openapi\.(json|yaml)$/,
  /^\/problems(\/:slug)?$/, // what an error means, told to the one who got it
  /^\/schemas(\/:type\/:version)?$/, // what an event may hold: nothing of any room
]
/** Has checks of its own: no API key opens it. */
const callbacks = /^\/callbacks\/live(\/:pathSecret)?$/

/** What each of the others needs; a new one has to be named here. */
const needs: readonly (readonly [scope: string, methods: RegExp, url: RegExp])[] = [
  ['admin', /./, /^\/v1\/(quarantine|projections|vendor)\b|\/reconcile$/],
  ['rooms:command', /POST|PUT|PATCH|DELETE/, /^\/v1\/rooms\b/],
  ['audit:read', /./, /^\/v1\/audit\b/],
  ['events:read', /./, /^\/v1\/(events|consumers)\b/],
  ['rooms:read', /GET|HEAD/, /^\/v1\/(rooms|operations|accounts)\b/],
]
const scopeOf = ({ method, url }: Route): string | undefined =>
  needs.find(([, methods, urls]) => methods.test(method) && urls.test(url))?.[0]

const isOpen = ({ url, method }: Route): boolean => method === 'OPTIONS' || open.some((pattern) => pattern.test(url))
const addressOf = ({ url }: Route): string => url.replaceAll(/:\w+/g, 'some-thing').replaceAll('*', 'some-thing')
type Method = 'get' | 'post' | 'put' | 'patch' | 'delete' | 'head'

describe('every route there is', () => {
  let world: World
  let routes: readonly Route[]
  beforeAll(
    async () => void ({ started: world, routes } = await routesOf(() => createWorld({ CORS_ORIGINS: 'https://dashboard.example.org' }))),
  )
  afterAll(() => world.close())
  const closed = () => routes.filter((route) => !isOpen(route) && !callbacks.test(route.url))
  const ask = (route: Route, key?: string) => {
    const request = world.anonymous[route.method.toLowerCase() as Method](addressOf(route))
    return key === undefined ? request : request.set('Authorization', `Bearer ${key}`)
  }

  it('given all of them, then there are those one expects', () => {
    const known = routes.map(({ method, url }) => `${method} ${url}`)
    expect(known).toEqual(expect.arrayContaining(['POST /v1/rooms', 'DELETE /v1/rooms/:roomId', 'GET /v1/quarantine', 'GET /metrics']))
    expect(routes.length).toBeGreaterThan(25)
  })

  it('given no credential, then each answers 401, but for those that are meant to be open', async () => {
    for (const route of closed()) {
      const { status, headers } = await ask(route)
      expect([route, status, headers['www-authenticate']]).toEqual([route, 401, 'Bearer'])
    }
  })

  it('given every scope but the one that a route needs, then it answers 403', async () => {
    expect(closed().filter((route) => scopeOf(route) === undefined)).toEqual([])
    const without = (scope?: string) => `all-but-${scope}`
    const file = await writeKeysFile(
      world.folder,
      Object.fromEntries(allScopes.map((scope) => [without(scope), allScopes.filter((other) => other !== scope)])),
    )
    await world.restart({ API_KEYS_FILE: file })
    for (const route of closed()) expect([route, (await ask(route, without(scopeOf(route)))).status]).toEqual([route, 403])
  })

  it('given those that are open, then they change nothing: they only read', () => {
    expect(routes.filter(isOpen).filter(({ method }) => !['GET', 'HEAD', 'OPTIONS'].includes(method))).toEqual([])
  })
})
