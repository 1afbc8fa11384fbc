/**
 * The vendor's limits. Texts are measured in bytes of UTF-8, not in characters.
 * Sources: create tc 647/63401, update cn 647/110037, metadata trtc 64375, admins tc 1071/76881, list tc 1071/76888.
 */
export const limits = {
  roomIdBytes: 48,
  roomNameBytes: 100,
  coverUrlBytes: 200,
  noticeBytes: 100,
  categoryItems: 3,
  metadataKeys: 10,
  metadataKeyBytes: 50,
  /** 2 K and 16 K in the documentation, which does not say of which kind; the larger reading refuses nothing that is allowed. */
  metadataValueBytes: 2048,
  metadataTotalBytes: 16_384,
  admins: 5,
  roomListCount: 20,
  /** The vendor's own limit for a call (trtc 63398); a caller must wait longer than that. */
  vendorCallMs: 3000,
} as const

/** Length of a text as the vendor measures it. */
export const byteLength = (text: string): number => Buffer.byteLength(text, 'utf8')

/** Whether a text keeps within a limit given in bytes. */
export const fitsBytes = (text: string, limit: number): boolean => byteLength(text) <= limit
