/** Rooms cannot be adopted, for a reason that the user can see to. The message is meant for them, and holds no secret. */
export class AdoptionRefused extends Error {
  override readonly name = 'AdoptionRefused'
}
