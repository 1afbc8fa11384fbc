/**
 * Reads base64 as RFC 4648 §4 writes it, and nothing else: padded, no line breaks, no bits left over. A lenient decoder
 * would take two texts for the same bytes, and so let a character be altered unseen.
 */
export const fromBase64 = (text: string): Buffer | undefined => {
  const bytes = Buffer.from(text, 'base64')
  return bytes.toString('base64') === text ? bytes : undefined
}
