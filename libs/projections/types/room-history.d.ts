/** The state of the projection room-history, per room; its size is bounded. */

/** `occurredAt|rank|eventId`: keys compare as text. */
type Key = string
/** The youngest value of each field, with its time; an admin is `admin.{account}`: true or false. */
type Fields = { [name: string]: [RoomValue, Key] }
type Value = [string, RoomValue]

/** A fact that begins or ends a life, or could: were an older destroy to turn up, the next look at the vendor would begin one. */
interface Mark {
  key: Key
  kind: 'created' | 'observed' | 'destroyed' | 'first'
  cause?: string | null
  /** A create known only to the second; it may yet move behind what has replaced its values, so they are kept. */
  loose?: boolean
  values?: Value[]
}

interface Life {
  n: number
  from: Key
  to: Key | null
  cause: string | null
  startedBy: 'created' | 'observed'
  fields: Fields
  /** Values younger than the destroy; a create that turns up between the two claims them. */
  after: Fields
  /** Of its youngest fact. */
  youngest: Key
}

interface HistoryState {
  /** So many lives are forgotten; they ended at `floor`. */
  base: number
  floor: Key
  marks: Mark[]
  lives: Life[]
}

/** A mark in the order in which marks count. `at`: facts of a later key stand behind it. */
interface Placed {
  mark: Mark
  at: Key
  n: number
  begins: boolean
  /** The life was over before it; it is over behind it. */
  ownAfter: boolean
  after: boolean
}

interface Change {
  field: string
  before: RoomValue
  after: RoomValue
  applied: boolean
}
