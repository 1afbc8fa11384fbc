/** A command cannot do its work, for a reason that the user can see to. The message is meant for them, and holds no password. */
export class CommandRefused extends Error {
  override readonly name = 'CommandRefused'
}
