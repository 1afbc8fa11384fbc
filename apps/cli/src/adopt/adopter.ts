/** What became of one room; `unclear`: another time there may be an answer; `hopeless`: there will be none for any room. */
export type Adoption =
  | { readonly outcome: 'adopted' | 'known' | 'absent' }
  | { readonly outcome: 'failed' | 'unclear' | 'hopeless'; readonly reason: string; readonly retryAfterMs?: number }

/** A page of the vendor's public rooms. */
export type ListedRooms = { readonly roomIds: readonly string[]; readonly next: string } | Extract<Adoption, { readonly reason: string }>

/** The ledger, as rooms are adopted by it. */
export interface Adopter {
  adopt(roomId: string): Promise<Adoption>
  /** @param next empty for the first page, and after the last */
  list(next: string): Promise<ListedRooms>
  close(): Promise<void>
}
