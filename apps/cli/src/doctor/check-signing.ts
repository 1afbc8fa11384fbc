import { createPublicKey } from 'node:crypto'
import { openCheckpoint, openCheckpointStream, openSink, readAdoptedKeys, readKeyFile, verifierOf, type Verifier } from '#audit-log'
import type { EventStore } from '#event-store'
import type { Settings } from '#platform'
import { whyNotWritable } from './check-files.js'
import { mend, ok, type Finding } from './finding.js'

type Parts = Pick<Settings, 'audit' | 'ledgerOrigin'>

/** Whether the key in the file is the ledger's, and what the sink remembers of it. Writes nothing. */
export const checkSigning = async (settings: Parts, store: EventStore): Promise<readonly Finding[]> => {
  const keys = (await readAdoptedKeys(store)).map(({ verifier }) => verifier)
  const last = await openCheckpointStream(store, () => '').last()
  const { checkpointSink } = settings.audit
  const sink = checkpointSink === undefined ? [] : [await checkSink(checkpointSink, settings.ledgerOrigin, keys, last?.size)]
  return [...checkAdopted(settings, keys.at(-1)), ...sink]
}

const checkAdopted = ({ audit, ledgerOrigin }: Parts, adopted: Verifier | undefined): readonly Finding[] => {
  if (!adopted) return []
  const { signingKeyFile: file } = audit
  if (adopted.name !== ledgerOrigin)
    return [mend('signing', `LEDGER_ORIGIN is ${ledgerOrigin}, but the checkpoints of this ledger bear the name ${adopted.name}: set that`)]
  const read = readKeyFile(file)
  if (!read.ok)
    return [
      mend('signing', `AUDIT_SIGNING_KEY_FILE: ${file} ${read.why}, and this ledger is signed with ${adopted.keyId}: bring that key back`),
    ]
  const { keyId, vkey } = verifierOf(ledgerOrigin, createPublicKey(read.privateKey))
  if (vkey === adopted.vkey) return [ok('signing', `${file} is the key that signs this ledger (${keyId})`)]
  return [
    mend(
      'signing',
      `AUDIT_SIGNING_KEY_FILE: ${file} holds ${keyId}, this ledger is signed with ${adopted.keyId}: the service starts only with that one, or with a statement of it beside the new one (docs/how-to/rotate-the-audit-key.md)`,
    ),
  ]
}

/** @param signed size of the last checkpoint in the store */
const checkSink = async (place: string, origin: string, keys: readonly Verifier[], signed: number | undefined): Promise<Finding> => {
  const folderFlaw = /^https:/i.test(place) ? undefined : whyNotWritable(place)
  if (folderFlaw !== undefined) return mend('sink', `AUDIT_CHECKPOINT_SINK: ${folderFlaw}: let the user of the service write there`)
  const sink = openSink(place)
  try {
    const note = await sink.latest(signed !== undefined)
    if (note === undefined) return ok('sink', `${sink.name} holds no checkpoint yet`)
    const opened = openCheckpoint(note, keys)
    if (!opened.ok || opened.checkpoint.origin !== origin)
      return mend('sink', `AUDIT_CHECKPOINT_SINK: ${sink.name} holds a checkpoint that is not of this ledger: name a place of its own`)
    const { size } = opened.checkpoint
    if (size <= (signed ?? -1)) return ok('sink', `${sink.name} holds a checkpoint of ${size} events, the store one of ${signed}`)
    return mend(
      'sink',
      `AUDIT_CHECKPOINT_SINK: ${sink.name} holds a checkpoint of ${size} events, the store none so large: it is a restored backup. The service signs nothing unless the events are back`,
    )
  } catch (error) {
    return mend('sink', `AUDIT_CHECKPOINT_SINK: ${(error as Error).message}`)
  }
}
