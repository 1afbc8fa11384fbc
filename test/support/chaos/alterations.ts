import { createPrivateKey, generateKeyPairSync, randomUUID } from 'node:crypto'
import { leafOf, rowLine, signNote, type ExportEnd, type ExportHead, type ExportRow } from '#audit-log'
import type { JsonObject } from '#event-store'
import type { Dice } from '../../double/dice.js'
import type { ExportFile } from './export-file.js'

/** An export that somebody has altered, and what the verifier must say of it. */
export interface Alteration {
  readonly what: string
  readonly pieces: readonly Buffer[]
  /** Some line of what it prints must be like this. */
  readonly says: RegExp
}

type Alter = (file: ExportFile, dice: Dice) => Alteration

/** Everything that can be done to an export, the usual crimes more than once. */
export const alterations = (origin: string): Readonly<Record<string, Alter>> => {
  const other = {
    name: origin,
    privateKey: createPrivateKey(generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' })),
  }
  return {
    byte: (file, dice) => {
      const line = anyEvent(file, dice)
      const bytes = Buffer.from(file.line(line))
      const at = Math.floor(dice() * (bytes.length - 1))
      const before = bytes[at]!
      // A line break would make two lines of one; any other byte will do.
      do bytes[at] = Math.floor(dice() * 256)
      while (bytes[at] === before || bytes[at] === 10)
      return { ...replaced(file, line, bytes), what: `byte ${at} of line ${line}: ${before} to ${bytes[at]}` }
    },
    field: (file, dice) => {
      const line = anyEvent(file, dice)
      const row = rowOf(file, line)
      return { ...replaced(file, line, written({ ...row, content: falsified(row.content, dice) })), what: `a field of line ${line}` }
    },
    'field, with leaf': (file, dice) => {
      const line = anyEvent(file, dice)
      return { ...replaced(file, line, committed(rowOf(file, line), dice)), what: `a field of line ${line}, with commitment and leaf` }
    },
    'order, two lines': (file, dice) => {
      const [a, b] = twoEvents(file, dice)
      const pieces = [file.between(1, a), file.line(b), file.between(a + 1, b), file.line(a), file.between(b + 1, file.count + 1)]
      return { pieces, says: new RegExp(`Line (${a}|${b}) .*was moved`), what: `lines ${a} and ${b} have changed places` }
    },
    'order, one line': (file, dice) => {
      const [a, b] = twoEvents(file, dice)
      const pieces = [file.between(1, a), file.between(a + 1, b + 1), file.line(a), file.between(b + 1, file.count + 1)]
      return { pieces, says: new RegExp(`Line (${b}|${a}) .*was moved`), what: `line ${a} now stands at ${b}` }
    },
    removal: (file, dice) => {
      const line = anyEvent(file, dice)
      const pieces = [file.between(1, line), file.between(line + 1, file.count + 1)]
      return { pieces, says: new RegExp(`Before line ${line} an event was removed`), what: `line ${line} was removed` }
    },
    'insertion of a copy': (file, dice) => {
      const [copied, before] = twoEvents(file, dice)
      return { ...inserted(file, before, file.line(copied)), what: `a copy of line ${copied} before line ${before}` }
    },
    'insertion of an invention': (file, dice) => {
      const [model, before] = twoEvents(file, dice)
      const row = rowOf(file, model)
      return {
        ...inserted(file, before, committed({ ...row, content: { ...row.content, id: randomUUID() } }, dice)),
        what: `an invention before line ${before}`,
      }
    },
    truncation: (file, dice) => {
      const line = 1 + Math.floor(dice() * file.count)
      const part = file.line(line)
      const pieces = [file.between(1, line), part.subarray(0, Math.floor(dice() * part.length))]
      return { pieces, says: /cut off|does not end with a line break/, what: `cut off in line ${line}` }
    },
    'another key': (file, dice) => {
      const end = endOf(file)
      const body = (note: string): string => note.slice(0, note.lastIndexOf('\n\n') + 1)
      const signed = { ...end, checkpoint: signNote(body(end.checkpoint), other), seal: signNote(body(end.seal!), other) }
      const says = new RegExp(`in line ${file.count} is not signed by the key given`)
      const line = anyEvent(file, dice)
      const forged = dice() < 0.5 ? file.line(line) : committed(rowOf(file, line), dice)
      const pieces = [file.between(1, line), forged, file.between(line + 1, file.count), lineOf(signed)]
      return { pieces, says, what: 'signed by another key' }
    },
    'first line': (file, dice) => {
      const head = JSON.parse(file.text(1)) as ExportHead
      const edits: readonly object[] = [
        { ...head, size: head.size! - 1 },
        { ...head, origin: `${head.origin}0` },
        { ...head, filtered: true },
        { ...head, filter: { types: ['OwnerChanged'] } },
        { ...head, roomLedgerExport: 2 },
        { ...head, sealed: false },
        { ...head, note: 'nothing to see here' },
      ]
      const edit = edits[Math.floor(dice() * edits.length)]!
      // Without a mark of its own the seal is found to be where it should not be.
      return { ...replaced(file, 1, lineOf(edit)), says: /Line 1 |in line 1\b/, what: `first line: ${JSON.stringify(edit)}` }
    },
    'last line': (file, dice) => {
      const { checkpoint, events, leaves, seal } = endOf(file)
      const list = Buffer.from(leaves!, 'base64')
      list[Math.floor(dice() * list.length)]! ^= 1
      const edits: readonly object[] = [
        { checkpoint: checkpoint.replace(/\n(\d+)\n/, (_, size) => `\n${Number(size) + 1}\n`), events, leaves, seal },
        { checkpoint: checkpoint.slice(0, -10) + checkpoint.slice(-9), events, leaves, seal },
        { checkpoint, events: events + 1, leaves, seal },
        { checkpoint, events, leaves: list.toString('base64'), seal },
        { checkpoint, events, seal },
        { checkpoint, events, leaves },
        { checkpoint, events, leaves, seal: seal!.replace(/\nevents \d+\n/, '\nevents 1\n') },
      ]
      const which = Math.floor(dice() * edits.length)
      return {
        ...replaced(file, file.count, lineOf(edits[which]!)),
        says: new RegExp(`[Ll]ine ${file.count}\\b`),
        what: `last line, edit ${which}`,
      }
    },
  }
}

/** A line that is neither the first nor the last. */
const anyEvent = (file: ExportFile, dice: Dice): number => 2 + Math.floor(dice() * (file.count - 2))

const twoEvents = (file: ExportFile, dice: Dice): readonly [number, number] => {
  for (;;) {
    const [a, b] = [anyEvent(file, dice), anyEvent(file, dice)]
    if (a !== b) return a < b ? [a, b] : [b, a]
  }
}

const rowOf = (file: ExportFile, line: number): ExportRow => JSON.parse(file.text(line)) as ExportRow
const endOf = (file: ExportFile): ExportEnd => JSON.parse(file.text(file.count)) as ExportEnd
const lineOf = (value: object): Buffer => Buffer.from(`${JSON.stringify(value)}\n`)
const written = (row: ExportRow): Buffer => Buffer.from(`${rowLine(row)}\n`)

const replaced = (file: ExportFile, line: number, by: Buffer): Pick<Alteration, 'pieces' | 'says'> => ({
  pieces: [file.between(1, line), by, file.between(line + 1, file.count + 1)],
  says: new RegExp(`Line ${line}( \\(event .*\\))? (was altered|cannot be read|does not belong)`),
})

const inserted = (file: ExportFile, before: number, line: Buffer): Pick<Alteration, 'pieces' | 'says'> => ({
  pieces: [file.between(1, before), line, file.between(before, file.count + 1)],
  says: new RegExp(`Line ${before}( \\(event .*\\))? was inserted`),
})

/** Some value in it says something else. */
const falsified = (content: ExportRow['content'], dice: Dice): ExportRow['content'] => {
  const data = content.data as JsonObject
  const metadata = content.metadata as JsonObject
  const versions: readonly ExportRow['content'][] = [
    { ...content, data: { ...data, to: `mallory-${Math.floor(dice() * 1e6)}` } },
    { ...content, data: { ...data, more: true } },
    { ...content, metadata: { ...metadata, occurredAt: '2020-01-01T00:00:00.000Z' } },
    { ...content, metadata: { ...metadata, actor: { kind: 'account', id: 'mallory' } } },
    { ...content, stream: `${content.stream}0` },
    { ...content, type: 'RoomDestroyed', data: { roomId: 'x', cause: null } },
  ]
  return versions[Math.floor(dice() * versions.length)]!
}

/** As somebody would write it who knows the form: commitment and leaf fit what it says. */
const committed = ({ content, salt }: ExportRow, dice: Dice): Buffer => {
  const { data, metadata, ...rest } = falsified(content, dice)
  return written(leafOf({ ...rest, data: data as JsonObject, metadata: { ...(metadata as JsonObject), salt }, position: 0n }))
}
