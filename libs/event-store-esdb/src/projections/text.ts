import type { ProjectionDefinition } from '#projections'

/**
 * The text as it is sent: a first line tells whose it is and which version. So the server itself remembers what is
 * deployed, in one piece with the text, and instances of several releases agree without a word to each other.
 */
export const deployedText = ({ name, version, source }: ProjectionDefinition): string =>
  `// room-ledger projection ${name}, version ${version}\n${source}`

/** The version that a text at the server declares; 0 for one that declares none: somebody else wrote it, or by hand. */
export const versionOf = (text: string): number => Number(/^\/\/ room-ledger projection \S+, version (\d+)\n/.exec(text)?.[1] ?? 0)
