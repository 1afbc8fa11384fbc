import type { CallbackTarget } from '../callbacks/target.js'
import { done, illegal, refuse, type Outcome, type Refusal } from '../outcome.js'
import { isHttpUrl } from '../settings.js'
import { isStrings } from './is-object.js'

type Config = (target: CallbackTarget, body: Record<string, unknown>) => Outcome

/** `v4/live_config/set_callback`: the first time only (100300). */
const setCallback: Config = (target, body) => {
  if (target.url !== undefined) return refuse(100300, 'callback configuration already exists')
  return configure(target, body)
}

const updateCallback: Config = (target, body) => {
  if (target.url === undefined) return refuse(100301, 'callback configuration does not exist')
  return configure(target, body)
}

const getCallback: Config = (target) => {
  if (target.url === undefined) return refuse(100301, 'callback configuration does not exist')
  return done({ Url: target.url, CallbackCommandList: target.commands })
}

/** `set_callback_token` (trtc 69528): may be repeated, and replaces the token at once. */
const setToken: Config = (target, body) => {
  const { Token: token, IsTokenEnable: enabled } = body
  if (typeof token !== 'string' || token === '') return illegal('Token must be a string')
  if (typeof enabled !== 'boolean') return illegal('IsTokenEnable must be a boolean')
  target.token = token
  target.tokenEnabled = enabled
  return done()
}

const getToken: Config = (target) => {
  if (target.token === undefined) return refuse(100302, 'token configuration does not exist')
  return done({ Token: target.token, IsTokenEnable: target.tokenEnabled })
}

function configure(target: CallbackTarget, body: Record<string, unknown>): Outcome {
  const read = readConfig(body)
  if (!('url' in read)) return read
  target.url = read.url
  target.commands = read.commands
  return done()
}

function readConfig(body: Record<string, unknown>): { url: string; commands: string[] } | Refusal {
  const { Url: url, CallbackCommandList: commands } = body
  if (typeof url !== 'string' || !isHttpUrl(url)) return illegal('Url must begin with http:// or https://')
  if (!isStrings(commands)) return illegal('CallbackCommandList must be an array of strings')
  return { url, commands }
}

/** The commands of `v4/live_config/`, by the last part of their path. */
export const configCommands: ReadonlyMap<string, Config> = new Map([
  ['set_callback', setCallback],
  ['update_callback', updateCallback],
  ['get_callback', getCallback],
  ['set_callback_token', setToken],
  ['get_callback_token', getToken],
])
