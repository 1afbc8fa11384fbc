/** The migration cannot begin or go on, for a reason that the user can see to. The message is meant for them, and holds no password. */
export class MigrationRefused extends Error {
  override readonly name = 'MigrationRefused'
}
