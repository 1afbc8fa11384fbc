import { describe, expect, it } from 'vitest'
import { startReceiver } from './support/receiver.js'
import { startSandbox } from './support/vendor.js'

describe('the callback configuration', () => {
  it('is set once, updated, read, and decides which commands are told', async () => {
    const [{ sandbox, vendor }, receiver] = await Promise.all([startSandbox(), startReceiver()])
    const config = (command: string, body: unknown = {}) => vendor.call(command, body, { service: 'live_config' })
    const code = async (command: string, body: unknown = {}) => (await config(command, body)).ErrorCode
    const wanted = { Url: receiver.url, CallbackCommandList: ['Live.CallbackAfterDestroyRoom'] }

    expect(await code('get_callback')).toBe(100301)
    expect(await code('update_callback', wanted)).toBe(100301)
    expect(await code('set_callback', { ...wanted, Url: 'ftp://x' })).toBe(100002)
    expect(await code('set_callback', { Url: receiver.url })).toBe(100002)
    expect(await code('set_callback', wanted)).toBe(0)
    expect(await code('set_callback', wanted)).toBe(100300)
    expect(await code('update_callback', wanted)).toBe(0)
    expect((await config('get_callback')).Response).toEqual(wanted)

    expect(await code('get_callback_token')).toBe(100302)
    expect(await code('set_callback_token', { Token: 't' })).toBe(100002)
    expect(await code('set_callback_token', { Token: 't', IsTokenEnable: false })).toBe(0)
    expect((await config('get_callback_token')).Response).toEqual({ Token: 't', IsTokenEnable: false })

    await vendor.create('r')
    await vendor.code('destroy_room', { RoomId: 'r' })
    await sandbox.idle()
    expect(receiver.commands()).toEqual(['Live.CallbackAfterDestroyRoom'])
    expect(receiver.received[0]?.query).not.toHaveProperty('Sign')
    await Promise.all([sandbox.close(), receiver.close()])
  })
})
