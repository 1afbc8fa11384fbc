import { problemTypes } from './problem-types.js'

/** The text of docs/reference/problems.md; a test holds the two together. */
export const problemsPage = (): string =>
  [
    '# Problems',
    '',
    'Errors are answered as `application/problem+json` (RFC 9457): `type`, `title`, `status`, `detail`, `instance`, and where they',
    'apply `errors` (field → messages), `vendor` (`errorCode`, `errorInfo`, `requestId`) and `operationId`. `type` is stable: branch',
    'on it, not on `title` or `detail`. `GET` of a `type` at the service explains it. 429 and 503 carry `Retry-After`, in seconds.',
    '',
    '| type | status | title | meaning |',
    '|---|---|---|---|',
    ...Object.entries(problemTypes).map(
      ([slug, { status, title, meaning }]) => `| \`/problems/${slug}\` | ${status} | ${title} | ${meaning} |`,
    ),
    '',
  ].join('\n')

/** One type for a browser. Nothing in it comes from a request. */
export const problemPage = (slug: keyof typeof problemTypes): string => {
  const { status, title, meaning } = problemTypes[slug]
  const text = meaning
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replace(/`([^`]+)`/g, '<code>$1</code>')
  return [
    '<!doctype html>',
    `<html lang="en"><head><meta charset="utf-8"><title>${title}</title></head>`,
    `<body><h1>${title}</h1><p>${text}</p><p>HTTP status ${status}, <code>/problems/${slug}</code></p></body></html>`,
  ].join('\n')
}
