import { Controller, Get, Logger, Param } from '@nestjs/common'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { counter, gauge, gauges, Public, publicPath, type HealthCheck } from '../src/index.js'
import { startApp, type RunningApp } from './support/app.js'

const secret = 'hunter2'
const logger = new Logger('test')

@Controller('callbacks/live')
@Public()
class CallbackLikeController {
  @Get(':pathSecret') receive(@Param('pathSecret') given: string) {
    logger.log('plain words')
    logger.warn({
      authorization: secret,
      headers: { authorization: secret, cookie: secret, 'set-cookie': secret },
      request: { query: { usersig: secret, Sign: secret, token: secret } },
      settings: { live: { secretKey: secret } },
      live: { callbackTokens: [secret], callbackPathSecret: given },
    })
    logger.error({ err: Object.assign(new Error(`POST /v4/x?usersig=${secret}&sdkappid=1 failed`), { config: { key: secret } }) })
    return 'ok'
  }
}

describe('the log', () => {
  let running: RunningApp
  beforeAll(async () => void (running = await startApp({ controllers: [CallbackLikeController] })))
  afterAll(() => running.app.close())

  it('given secrets in path, query, headers, and whatever code logs, then the log has none of them', async () => {
    const answer = await running.http
      .get(`/callbacks/live/${secret}?Sign=${secret}&usersig=${secret}`)
      .set('Authorization', `Bearer ${secret}`)
      .set('Cookie', secret)
    expect(answer.status).toBe(200)
    expect(running.log()).toContain('plain words')
    expect(running.log()).toContain('"path":"/callbacks/live/…"')
    expect(running.log()).toContain('sdkappid=1 failed')
    expect(running.log()).not.toContain(secret)
  })

  it('given a sane request id, then log and answer carry it; a strange or missing one is replaced', async () => {
    const answer = await running.http.get('/v1/things').set('X-Request-Id', 'trace-1:a.b_c')
    expect(answer.headers['x-request-id']).toBe('trace-1:a.b_c')
    expect(running.log()).toContain('trace-1:a.b_c')
    for (const strange of ['a b', 'x'.repeat(65), '"quoted"', 'a/b']) {
      const id = (await running.http.get('/v1/things').set('X-Request-Id', strange)).headers['x-request-id']
      expect(id).toMatch(/^[0-9a-f-]{36}$/)
    }
    expect((await running.http.get('/nowhere')).headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
  })

  it('given bodies, then the log has none of them', async () => {
    await running.http.post('/v1/things').send({ name: 'Wilma' })
    await running.http.post('/v1/things').send({ name: 'Wilma', nonsense: 'Wilma' })
    expect(running.log()).not.toContain('Wilma')
  })
})

describe('a line of the log', () => {
  let running: RunningApp
  beforeAll(async () => void (running = await startApp()))
  afterAll(() => running.app.close())

  it.each([
    ['a line break', '\n'],
    ['a carriage return', '\r'],
    ['an escape sequence', '\u001b[2J'],
    ['an 8-bit escape sequence', '\u009b2J'],
    ['a next line', '\u0085'],
    ['a line separator', '\u2028'],
    ['a paragraph separator', '\u2029'],
    ['a change of direction', '\u202e'],
    ['an isolated change of direction', '\u2067'],
    ['a delete', '\u007f'],
    ['NUL', '\0'],
  ])('given %s in every field, then it is one line of plain text, and nothing of it is lost', (_, char) => {
    const evil = `a${char}{"level":60,"msg":"evil"}`
    const before = running.logged().length
    logger.log(evil)
    logger.warn({ [evil]: evil, list: [evil], deep: { [evil]: { evil } } }, evil)
    logger.error({ err: Object.assign(new Error(evil), { name: evil, code: evil, stack: evil }) }, evil)
    const added = running.logged().slice(before)
    expect(added).toHaveLength(3)
    expect(added.map(({ level }) => level)).toEqual([30, 40, 50])
    expect(added[0]).toMatchObject({ msg: evil })
    expect(added[1]).toMatchObject({ [evil]: evil, list: [evil], deep: { [evil]: { evil } } })
    expect(added[2]).toMatchObject({ err: { message: evil, code: evil } })
    expect(running.log().replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u)
    expect(running.log().split('\n')).toHaveLength(running.logged().length + 1)
  })
})

describe('a path as it is shown', () => {
  it.each([
    ['/v1/rooms?q=a', '/v1/rooms'],
    ['/callbacks/live?Sign=a', '/callbacks/live'],
    ['/callbacks/live/secret', '/callbacks/live/…'],
    ['/callbacks/live/secret/more?x', '/callbacks/live/…'],
    ['/callbacks/%6Cive/secret', '/callbacks/…'],
    ['/%63allbacks/live/secret', '/…'],
    ['/v1/rooms/a%2Fb', '/v1/rooms/a%2Fb'],
  ])('given %s, then %s', (url, path) => {
    expect(publicPath(url)).toBe(path)
  })
})

describe('metrics', () => {
  let running: RunningApp
  beforeAll(async () => void (running = await startApp()))
  afterAll(() => running.app.close())

  it('given requests, then they are counted by the template of their route; ids and unknown addresses are no labels', async () => {
    await running.http.put('/v1/things/some-id')
    await running.http.put('/v1/things/other-id')
    await running.http.get('/nowhere/at-all')
    const { text, headers } = await running.http.get('/metrics')
    expect(headers['content-type']).toMatch(/^text\/plain; version=/)
    expect(text).toContain('http_requests_total{method="PUT",route="/v1/things/:id",status="200"} 2')
    expect(text).toContain('http_request_duration_seconds_count{method="PUT",route="/v1/things/:id",status="200"} 2')
    expect(text).toMatch(/http_requests_total\{method="GET",route="none",status="404"\} \d/)
    expect(text).toContain('process_cpu_seconds_total')
    expect(text).not.toMatch(/some-id|at-all/)
  })

  it('given a counter or a gauge of some part of the service, then it stands beside them', async () => {
    counter('test_facts_total', 'Facts', ['kind']).inc({ kind: 'created' }, 3)
    gauge('test_lag_events', 'Lag', () => Promise.resolve(7))
    const { text } = await running.http.get('/metrics')
    expect(text).toContain('test_facts_total{kind="created"} 3')
    expect(text).toContain('test_lag_events 7')
  })

  it('given gauges with labels, then one line each; declared again, the later one counts', async () => {
    const read = (value: number) => async () => [
      { labels: { part: 'one' }, value },
      { labels: { part: 'two' }, value: 0 },
    ]
    gauges('test_parts', 'Parts', ['part'], read(3))
    gauges('test_parts', 'Parts', ['part'], read(4))
    const { text } = await running.http.get('/metrics')
    expect(text.match(/^test_parts.*$/gm)).toEqual(['test_parts{part="one"} 4', 'test_parts{part="two"} 0'])
  })

  it('given values that cannot be had, or not in time, then the rest is told, within two seconds or so, and nothing old', async () => {
    let away = false
    gauge('test_failing', 'Fails', () => (away ? Promise.reject(new Error('away')) : 5))
    gauges('test_hanging', 'Hangs', ['part'], () =>
      away ? new Promise(() => undefined) : Promise.resolve([{ labels: { part: 'a' }, value: 1 }]),
    )
    expect((await running.http.get('/metrics')).text).toMatch(/^test_failing 5$[^]*^test_hanging\{part="a"\} 1$/m)
    away = true
    const began = performance.now()
    const { status, text } = await running.http.get('/metrics')
    expect(status).toBe(200)
    expect(performance.now() - began).toBeLessThan(4_000)
    expect(text).not.toMatch(/^test_(failing|hanging)/m)
    expect(text).toContain('process_cpu_seconds_total')
  })
})

describe('health', () => {
  const well: HealthCheck = { name: 'store', check: () => Promise.resolve({ ok: true, detail: { engine: 'sqlite' } }) }
  const ready = async (...checks: HealthCheck[]) => {
    const { app, http, log } = await startApp({ checks })
    const [answer, alive] = [await http.get('/health/ready'), await http.get('/health/live')]
    await app.close()
    expect(alive.status).toBe(200)
    return { answer, log: log() }
  }

  it('given checks that are well, then ready with their details', async () => {
    const { answer } = await ready(well)
    expect([answer.status, answer.body.details]).toEqual([200, { store: { engine: 'sqlite', status: 'up' } }])
  })

  it('given one that is not, then 503 names it, and the process counts as alive all the same', async () => {
    const { answer } = await ready(well, { name: 'projections', check: () => Promise.resolve({ ok: false, detail: { lag: 9 } }) })
    expect([answer.status, answer.body.type, answer.headers['retry-after']]).toEqual([503, '/problems/not-ready', '1'])
    expect(answer.body.errors).toEqual({ projections: ['is down: {"lag":9}'] })
  })

  it('given one that throws, then 503, and its words stand in the log alone', async () => {
    const { answer, log } = await ready({ name: 'store', check: () => Promise.reject(new Error('esdb://admin@host')) })
    expect([answer.status, Object.keys(answer.body.errors)]).toEqual([503, ['store']])
    expect(answer.text).not.toContain('esdb')
    expect(log).toContain('esdb://admin@host')
  })

  it('given an informational one that is not well, then ready, and it is told', async () => {
    const { answer } = await ready(well, {
      name: 'vendor',
      informational: true,
      check: () => Promise.resolve({ ok: false, detail: { status: 'red' } }),
    })
    expect([answer.status, answer.body.details.vendor]).toEqual([200, { reachable: false, status: 'up' }])
  })

  it('given a check that is a method, then it may use its object', async () => {
    class Check {
      readonly name = 'object'
      private readonly ok = true
      check = function (this: Check) {
        return Promise.resolve({ ok: this.ok, detail: {} })
      }
    }
    expect((await ready(new Check())).answer.status).toBe(200)
  })
})
