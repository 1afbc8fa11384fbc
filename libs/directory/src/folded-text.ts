/**
 * Text as it is compared in a search: without regard to case, and to how accents are composed. Upper case, since its
 * rules look at one character at a time (lower case writes the Greek sigma by its place in the word): a part of a text
 * stays a part of it.
 */
export const foldText = (text: string): string => text.normalize('NFC').toUpperCase()
