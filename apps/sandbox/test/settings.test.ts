import { expect, it } from 'vitest'
import { readSettings } from '../src/index.js'

it('has defaults for everything', () => {
  expect(readSettings({})).toMatchObject({
    settings: {
      port: 3001,
      host: '127.0.0.1',
      sdkAppId: 1400000000,
      adminAccounts: ['administrator'],
      secretKey: expect.stringMatching(/^[0-9a-f]{64}$/),
    },
  })
})

it('reads what is set; an empty variable is none, and SANDBOX_PORT goes before PORT', () => {
  const env = {
    PORT: '3000',
    SANDBOX_PORT: '0',
    SANDBOX_ADMIN_ACCOUNTS: 'a, b',
    SANDBOX_CALLBACK_URL: 'http://x/y',
    SANDBOX_CALLBACK_TOKEN: '',
    SANDBOX_SDK_APP_ID: '7',
  }
  expect(readSettings(env)).toMatchObject({
    settings: { port: 0, adminAccounts: ['a', 'b'], callbackUrl: 'http://x/y', callbackToken: undefined, sdkAppId: 7 },
  })
  expect(readSettings({ PORT: '3005' })).toMatchObject({ settings: { port: 3005 } })
})

it('names every variable that it cannot use, and repeats no value', () => {
  const env = { PORT: '99999', SANDBOX_SDK_APP_ID: 'x', SANDBOX_CALLBACK_URL: 'ftp://hidden', SANDBOX_ADMIN_ACCOUNTS: ',' }
  const read = readSettings(env)
  const problems = 'problems' in read ? read.problems.join('\n') : ''
  for (const name of Object.keys(env)) expect(problems).toContain(name)
  expect(problems).not.toContain('hidden')
})
