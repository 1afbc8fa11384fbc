import type { VendorObject } from '../wire/json.js'
import { callbackCommands, memberStateChanged, memberStateChangedOfOtherPages, otherCallbackCommands } from '../wire/commands.js'

export type RoomCommand = (typeof callbackCommands)[keyof typeof callbackCommands]

export type Dispatched =
  | { readonly kind: 'room'; readonly command: RoomCommand }
  | { readonly kind: 'ignored'; readonly command: string }
  | { readonly kind: 'unfit'; readonly command: string; readonly why: string }

/**
 * Finds out what a callback is about. The body's word counts; the address may differ from it only where the vendor's
 * pages do (trtc 64424, 68223).
 * @param addressed the command in the query; may be missing, as may the one in the body.
 */
export const dispatchCallback = (addressed: string | undefined, body: VendorObject): Dispatched => {
  const said = body['CallbackCommand'] ?? ''
  if (typeof said !== 'string') return unfit(addressed, 'CallbackCommand must be a text')
  const command = canonical(said || addressed || '', body)
  if (command === '') return unfit(command, 'CallbackCommand is required')
  if (addressed && canonical(addressed, body) !== command) return unfit(command, 'the address names another CallbackCommand than the body')
  if (isRoomCommand(command)) return { kind: 'room', command }
  return isOther(command) ? { kind: 'ignored', command } : unfit(command, 'unknown CallbackCommand')
}

/** One name for what the vendor calls by two. */
const canonical = (command: string, body: VendorObject): string => {
  const { metadataSet, metadataDeleted } = callbackCommands
  if (command === memberStateChangedOfOtherPages) return memberStateChanged
  if (command !== metadataSet && command !== metadataDeleted) return command
  // The page of the delete names the command of the set in its address; what was sent tells the two apart.
  if (isSent(body['Keys']) !== isSent(body['Metadata'])) return isSent(body['Keys']) ? metadataDeleted : metadataSet
  return body['CallbackCommand'] === metadataDeleted ? metadataDeleted : metadataSet
}

const isSent = (value: unknown): boolean => value !== undefined && value !== null

const roomCommands: ReadonlySet<string> = new Set(Object.values(callbackCommands))
const isRoomCommand = (command: string): command is RoomCommand => roomCommands.has(command)

const others: ReadonlySet<string> = new Set(otherCallbackCommands)
const isOther = (command: string): boolean => others.has(command)

/** What is set aside goes to a stream of its command's name, so only a harmless name may become one. */
const unfit = (command: string | undefined, why: string): Dispatched => {
  const isName = command !== undefined && /^[\w.-]{1,100}$/.test(command)
  return { kind: 'unfit', command: isName ? command : 'unnamed', why }
}
