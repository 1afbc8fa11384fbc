import { hash } from 'node:crypto'
import type { OwnerTrailItem } from '#room'
import type { Checkpoint } from '../notes/checkpoint.js'
import { html, Html } from './html.js'
import { reportStyle } from './report-style.js'

export interface OwnerReport {
  readonly roomId: string
  /** With the place of each event in the log; undefined for one that is not under the tree. */
  readonly items: readonly (Omit<OwnerTrailItem, 'revision'> & { readonly index?: number | undefined })[]
  readonly gaps: readonly { readonly life: number; readonly expected: string | null; readonly found: string; readonly eventId: string }[]
  readonly checkpoint: Checkpoint & { readonly note: string }
  readonly madeAt: string
  readonly madeFor: string
}

/** What a browser may do with a report: show it in its own style, and nothing else. */
export const reportPolicy = [
  "default-src 'none'",
  `style-src 'sha256-${hash('sha256', reportStyle, 'base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** One room's owner trail as a page to be printed and put into a file. No script, nothing from elsewhere. */
export const ownerReport = (report: OwnerReport): string => {
  const { roomId, items, gaps, checkpoint, madeAt, madeFor } = report
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>Owners of room ${roomId}</title>
        <style>
          ${new Html(reportStyle)}
        </style>
      </head>
      <body>
        <header>
          <p class="kind">Owner audit trail</p>
          <h1>Room <bdi>${roomId}</bdi></h1>
        </header>
        <dl>
          <div>
            <dt>Ledger</dt>
            <dd><bdi>${checkpoint.origin}</bdi></dd>
          </div>
          <div>
            <dt>Made at</dt>
            <dd>${madeAt}</dd>
          </div>
          <div>
            <dt>Made for</dt>
            <dd><bdi>${madeFor}</bdi></dd>
          </div>
          <div>
            <dt>Checkpoint</dt>
            <dd>${checkpoint.size} events, root <code>${checkpoint.root.toString('base64')}</code></dd>
          </div>
        </dl>
        ${verdict(items.length, gaps)}
        <table>
          <caption>
            In the order in which it happened. Times are UTC.
          </caption>
          <thead>
            <tr>
              <th>Life</th>
              <th>Owner</th>
              <th>Since<br />until</th>
              <th>Happened<br />recorded</th>
              <th>Who, and why</th>
              <th>Chain</th>
              <th>Event</th>
            </tr>
          </thead>
          <tbody>
            ${items.map(row)}
          </tbody>
        </table>
        ${gaps.length === 0 ? '' : gapList(gaps)}
        <section class="proof">
          <h2>How to check this page</h2>
          <p>
            Each event has a place in the log. With the public key of the ledger, an export of the room proves each of them, and shows that
            no revision of the room is missing:
          </p>
          <pre>
curl -H 'Authorization: Bearer KEY' '…/v1/audit/export?roomId=${encodeURIComponent(roomId).replaceAll("'", '%27')}&amp;size=${checkpoint.size}' &gt; room.ndjson
room-ledger verify room.ndjson --key ledger.vkey</pre>
          <p>The page itself is not signed. It was made at this checkpoint:</p>
          <pre>${lines(checkpoint.note)}</pre>
        </section>
      </body>
    </html> `.text
}

const verdict = (count: number, gaps: OwnerReport['gaps']): Html => {
  if (count === 0) return html`<p class="verdict">No owner is recorded.</p>`
  return gaps.length === 0
    ? html`<p class="verdict">The chain of owners is continuous: each owner took over from the one before.</p>`
    : html`<p class="verdict broken">The chain of owners has ${gaps.length} ${gaps.length === 1 ? 'gap' : 'gaps'}: see below.</p>`
}

const row = (item: OwnerReport['items'][number]): Html => {
  const { life, from, to, since, until, timeSource, occurredAfter, actor, source, operationId, requestedBy, reason, attribution } = item
  const happened = since ?? occurredAtOf(item)
  const seen = timeSource === 'observed' && occurredAfter !== undefined ? html`<br /><small>after ${occurredAfter}</small>` : html``
  const asked = requestedBy
    ? html`<br />asked for by
        <bdi>${requestedBy.id}</bdi>${requestedBy.onBehalfOf === undefined ? '' : html` for <bdi>${requestedBy.onBehalfOf}</bdi>`}`
    : html``
  const operation =
    operationId === undefined
      ? html``
      : html`<br /><small>operation ${operationId}${attribution === 'ambiguous' ? ' (ambiguous)' : ''}</small>`
  return html`<tr${item.link === 'gap' ? new Html(' class="gap"') : ''}>
<td>${life}</td>
<td><b><bdi>${to}</bdi></b><br><small>${from === null ? 'nobody known before' : html`from <bdi>${from}</bdi>`}</small></td>
<td>${since ?? 'not seen'}<br>${until ?? 'still'}</td>
<td>${happened} <small>(${timeSource})</small>${seen}<br>${item.recordedAt}${item.late ? html` <mark>late</mark>` : ''}</td>
<td><bdi>${actor.id}</bdi> <small>(${actor.kind}, by ${source})</small>${asked}${reason === undefined ? '' : html`<br /><q>${reason}</q>`}${operation}</td>
<td>${item.link === 'gap' ? html`<mark>gap</mark>` : item.link}</td>
<td><code>${item.eventId}</code><br><small>${item.index === undefined ? 'not under the tree yet' : `place ${item.index}`}</small></td>
</tr>
`
}

/** The time of what is not known to be a beginning is shown as the time of its being seen. */
const occurredAtOf = ({ recordedAt }: OwnerReport['items'][number]): string => `seen ${recordedAt}`

const gapList = (gaps: OwnerReport['gaps']): Html =>
  html`<section>
    <h2>Gaps</h2>
    <ul>
      ${gaps.map(
        ({ life, expected, found, eventId }) =>
          html`<li>
            Life ${life}: <bdi>${found}</bdi> is named as the owner before, where <bdi>${expected ?? 'nobody'}</bdi> was known (event
            <code>${eventId}</code>).
          </li> `,
      )}
    </ul>
  </section>`

/** A note keeps its line breaks. */
const lines = (text: string): Html =>
  new Html(
    text
      .split('\n')
      .map((line) => html`${line}`.text)
      .join('\n'),
  )
