import { Controller, Get } from '@nestjs/common'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RequireScopes } from '../src/index.js'
import { startApp, type RunningApp } from './support/app.js'

@Controller('v1/rooms')
@RequireScopes('rooms:read')
class GuardedController {
  @Get() list() {
    return []
  }
}

describe('the description of the API', () => {
  let running: RunningApp
  beforeAll(async () => void (running = await startApp({ controllers: [GuardedController] })))
  afterAll(() => running.app.close())

  it('given the document, then operations say who may, and how errors look', async () => {
    const { status, body } = await running.http.get('/openapi.json')
    expect(status).toBe(200)
    expect(body.components.securitySchemes.bearer).toMatchObject({ type: 'http', scheme: 'bearer' })
    expect(body.paths['/v1/rooms'].get.security).toEqual([{ bearer: [] }])
    expect(body.paths['/v1/things'].post.security).toBeUndefined()
    const { schema } = body.paths['/v1/rooms'].get.responses.default.content['application/problem+json']
    expect(schema).toEqual({ $ref: '#/components/schemas/Problem' })
    expect(body.components.schemas.Problem.required).toContain('type')
    expect(Object.keys(body.paths)).not.toContain('/metrics')
  })

  it('given the page, then it and all it loads come from here', async () => {
    const page = await running.http.get('/docs')
    expect([page.status, page.headers['content-type']]).toEqual([200, expect.stringMatching(/^text\/html/)])
    const loaded = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address]) => address!)
    expect(loaded.length).toBeGreaterThan(2)
    for (const address of loaded) {
      expect(address).not.toMatch(/^(https?:)?\/\//)
      expect([address, (await running.http.get(new URL(address, 'http://localhost/docs').pathname)).status]).toEqual([address, 200])
    }
  })
})
