import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Controller, Get } from '@nestjs/common'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAuthenticator, createOidc, CurrentRequester, openApiKeys, Public, RequireScopes, type Requester } from '../src/index.js'
import { startApp, type RunningApp } from './support/app.js'
import { startIssuer } from './support/issuer.js'

@Controller('guarded')
@RequireScopes('rooms:read')
class GuardedController {
  @Get() read(@CurrentRequester() requester: Requester) {
    return requester
  }
  @RequireScopes('admin', 'audit:read') @Get('strict') strict() {
    return 'in'
  }
  @Public() @Get('open') open() {
    return 'in'
  }
}
@Controller('open')
@Public()
class OpenController {
  @RequireScopes('admin') @Get('not') not() {
    return 'in'
  }
  @Get() mistaken(@CurrentRequester() requester: Requester) {
    return requester
  }
}
@Controller('forgotten')
class ForgottenController {
  @Get() read() {
    return 'in'
  }
}

const key = (id: string, more: object) => ({ id, sha256: createHash('sha256').update(id).digest('hex'), ...more })

describe('who may', () => {
  let running: RunningApp
  let issuer: Awaited<ReturnType<typeof startIssuer>>
  let folder: string
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'room-ledger-auth-'))
    const file = join(folder, 'keys.json')
    const keys = [
      key('reader', { scopes: ['rooms:read'] }),
      key('dashboard', { scopes: ['rooms:read'], mayActFor: true }),
      key('admin', { scopes: ['admin'] }),
      key('auditor', { scopes: ['admin', 'audit:read'] }),
    ]
    writeFileSync(file, JSON.stringify(keys))
    issuer = await startIssuer()
    running = await startApp({
      controllers: [GuardedController, OpenController, ForgottenController],
      authenticator: createAuthenticator(openApiKeys(file), createOidc(issuer.url, 'room-ledger')),
    })
  })
  afterAll(async () => {
    await running.app.close()
    await issuer.close()
    rmSync(folder, { recursive: true })
  })
  const get = (path: string, credential?: string) =>
    credential === undefined ? running.http.get(path) : running.http.get(path).set('Authorization', `Bearer ${credential}`)

  it('given an API key with the scope, then the route knows who asks', async () => {
    const answer = await get('/guarded', 'reader')
    expect([answer.status, answer.body]).toEqual([200, { kind: 'apiKey', id: 'reader' }])
  })

  it('given a token of the issuer with the scope, then the route knows who asks', async () => {
    expect((await get('/guarded', await issuer.token())).body).toEqual({ kind: 'oidc', id: 'ann' })
  })

  it.each([
    [undefined],
    [''],
    ['reader'],
    ['Basic cmVhZGVyOng='],
    ['Bearer'],
    ['Bearer wrong'],
    ['Bearer a.b.c'],
    ['Bearer reader extra'],
    ['Bearer lecteur\u00e9'],
  ])('given the credential %s, then 401 says what is wanted', async (authorization) => {
    const request = running.http.get('/guarded')
    const answer = await (authorization === undefined ? request : request.set('Authorization', authorization))
    expect(answer.status).toBe(401)
    expect(answer.headers['www-authenticate']).toBe('Bearer')
    expect(answer.body).toMatchObject({ type: '/problems/unauthorized', instance: '/guarded' })
  })

  it('given scopes that do not suffice, then 403 names those that lack; none implies another', async () => {
    const one = await get('/guarded/strict', 'admin')
    expect([one.status, one.body.type]).toEqual([403, '/problems/forbidden'])
    expect(one.body.detail).toContain('audit:read')
    expect((await get('/guarded/strict', 'reader')).body.detail).toMatch(/admin.*audit:read/)
    expect((await get('/guarded', 'admin')).body.detail).toContain('rooms:read')
    expect((await get('/guarded/strict', 'auditor')).status).toBe(200)
    expect((await get('/guarded', await issuer.token({ scope: 'admin' }))).status).toBe(403)
  })

  it('given marks on class and method, then the one on the method wins, both ways', async () => {
    expect((await get('/guarded/open')).status).toBe(200)
    expect((await get('/open/not')).status).toBe(401)
    expect((await get('/open/not', 'admin')).status).toBe(200)
  })

  it('given a route that nobody marked, then nobody gets in', async () => {
    expect((await get('/forgotten', 'auditor')).status).toBe(403)
    expect((await get('/forgotten')).status).toBe(403)
  })

  it('given a requester asked for on a public route, then that is a defect, not an anonymous deed', async () => {
    expect((await get('/open', 'reader')).status).toBe(500)
  })

  it('given an issuer that is away, then 503 keeps the caller from throwing the token away', async () => {
    const away = await startIssuer()
    const other = await startApp({
      controllers: [GuardedController],
      authenticator: createAuthenticator(undefined, createOidc(away.url, 'room-ledger')),
    })
    away.state.away = true
    const answer = await other.http.get('/guarded').set('Authorization', `Bearer ${await away.token()}`)
    expect([answer.status, answer.body.type, answer.headers['retry-after']]).toEqual([503, '/problems/issuer-unavailable', '1'])
    await other.app.close()
    await away.close()
  })

  const behalf = (name: string, credential = 'dashboard') => get('/guarded', credential).set('On-Behalf-Of', name)
  /** Node writes header values as Latin-1: so the bytes of UTF-8 are sent. */
  const utf8 = (name: string): string => Buffer.from(name).toString('latin1')

  it('given On-Behalf-Of by a key that may, then the name is recorded beside the key, in whatever script', async () => {
    expect((await behalf('ann@example.org')).body).toEqual({ kind: 'apiKey', id: 'dashboard', onBehalfOf: 'ann@example.org' })
    expect((await behalf(utf8('Jürgen 王'))).body.onBehalfOf).toBe('Jürgen 王')
    expect((await behalf(utf8('é'.repeat(64)))).body.onBehalfOf).toBe('é'.repeat(64))
  })

  it.each(['Jörg', 'é', 'Ñuñez ÿ', 'é'.repeat(128)])(
    'given the name %j as Latin-1, as fetch sends it, then it is that name',
    async (name) => {
      expect((await behalf(name)).body.onBehalfOf).toBe(name)
    },
  )

  it('given On-Behalf-Of by anyone else, then 403', async () => {
    expect((await behalf('ann', 'reader')).status).toBe(403)
    expect((await behalf('ann', await issuer.token())).status).toBe(403)
  })

  it.each([['x'.repeat(129)], [utf8('é'.repeat(64) + 'x')], ['é'.repeat(129)], [''], ['caf\u00e9 \u0092'], [utf8('a\u2028b')], ['a\tb']])(
    'given the name %j in it, then 400 names the header',
    async (name) => {
      const answer = await behalf(name)
      expect([answer.status, Object.keys(answer.body.errors)]).toEqual([400, ['On-Behalf-Of']])
    },
  )
})
