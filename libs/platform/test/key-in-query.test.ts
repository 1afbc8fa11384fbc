import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Controller, Get, Query } from '@nestjs/common'
import { IsString } from 'class-validator'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAuthenticator, CurrentRequester, KeyInQuery, openApiKeys, Optional, RequireScopes, type Requester } from '../src/index.js'
import { startApp, type RunningApp } from './support/app.js'

class LiveQuery {
  @Optional() @IsString() access_token?: string
  @Optional() @IsString() after?: string
}
class PlainQuery {
  @Optional() @IsString() after?: string
}

@Controller('feed')
@RequireScopes('events:read')
class FeedController {
  @KeyInQuery() @Get('live') live(@CurrentRequester() requester: Requester, @Query() { after }: LiveQuery) {
    return { ...requester, after }
  }
  @Get('pages') pages(@Query() query: PlainQuery) {
    return { ...query }
  }
}

const secret = 'hidden-key-of-the-page'
const guess = 'hidden-guess'
const sha256 = createHash('sha256').update(secret).digest('hex')
const rooms = createHash('sha256').update('rooms').digest('hex')

/** nestjs-pino keeps the first logger of a process: an application is closed before the next one starts. */
const withApp = (keysInQuery: boolean): (() => RunningApp) => {
  let app: RunningApp
  let folder: string
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'room-ledger-query-'))
    const file = join(folder, 'keys.json')
    const keys = [
      { id: 'page', sha256, scopes: ['events:read'] },
      { id: 'other', sha256: rooms, scopes: ['rooms:read'] },
    ]
    writeFileSync(file, JSON.stringify(keys))
    const authenticator = createAuthenticator(openApiKeys(file), undefined, undefined, { keysInQuery })
    app = await startApp({ controllers: [FeedController], authenticator })
  })
  afterAll(async () => {
    await app.app.close()
    rmSync(folder, { recursive: true })
  })
  return () => app
}

describe('a key in the query, where that is allowed', () => {
  const app = withApp(true)

  it('given the key alone, then it counts as if it were in the header, and nobody may store the answer', async () => {
    const answer = await app().http.get(`/feed/live?access_token=${secret}&after=x`)
    expect([answer.status, answer.body]).toEqual([200, { kind: 'apiKey', id: 'page', after: 'x' }])
    expect(answer.headers['cache-control']).toBe('no-store')
  })

  it('given the key in the header, then nothing has changed', async () => {
    const answer = await app().http.get('/feed/live').set('Authorization', `Bearer ${secret}`)
    expect([answer.status, answer.headers['cache-control']]).toEqual([200, undefined])
    expect((await app().http.get('/feed/live')).status).toBe(401)
  })

  it.each([`Bearer ${secret}`, 'Basic eDp5', ''])('given Authorization: %s beside it, then 400: which would count?', async (header) => {
    const answer = await app().http.get(`/feed/live?access_token=${secret}`).set('Authorization', header)
    expect([answer.status, Object.keys(answer.body.errors)]).toEqual([400, ['access_token']])
  })

  it.each([
    [guess, 401],
    ['', 401],
    ['rooms', 403],
    [`${secret}&access_token=${secret}`, 400],
  ])('given %s, then %i as with a header, and no word of it', async (sent, status) => {
    const answer = await app().http.get(`/feed/live?access_token=${sent}`)
    expect([answer.status, answer.body.instance]).toEqual([status, '/feed/live'])
    expect(JSON.stringify([answer.body, answer.headers])).not.toMatch(/hidden/)
  })

  it('given another route, then it is a parameter that is not known there, and opens nothing', async () => {
    expect((await app().http.get(`/feed/pages?access_token=${secret}`)).status).toBe(401)
    const both = await app().http.get(`/feed/pages?access_token=${secret}`).set('Authorization', `Bearer ${secret}`)
    expect([both.status, Object.keys(both.body.errors)]).toEqual([400, ['access_token']])
  })

  it('given all of that, then neither log nor metrics nor the description of the API know the key', async () => {
    await app().http.get(`/feed/live?access_token=${secret}`)
    const metrics = await app().http.get('/metrics')
    expect(metrics.text).toContain('/feed/live')
    expect(app().log()).toContain('/feed/live')
    for (const text of [metrics.text, app().log(), (await app().http.get('/openapi.json')).text])
      expect(text).not.toMatch(/hidden|access_token=/)
  })
})

describe('a key in the query, where nobody allowed it', () => {
  const app = withApp(false)

  it.each([[{}], [{ Authorization: `Bearer ${secret}` }]])(
    'given a good key and the headers %o, then 401 names the setting',
    async (headers) => {
      const answer = await app().http.get(`/feed/live?access_token=${secret}`).set(headers)
      expect([answer.status, answer.headers['www-authenticate'], answer.headers['cache-control']]).toEqual([401, 'Bearer', 'no-store'])
      expect(answer.body.detail).toContain('EVENTS_KEY_IN_QUERY')
      expect(JSON.stringify(answer.body)).not.toContain('hidden')
      expect(app().log()).not.toContain('hidden')
    },
  )

  it('given the key in the header, then the route is open as ever', async () => {
    expect((await app().http.get('/feed/live').set('Authorization', `Bearer ${secret}`)).status).toBe(200)
  })
})
