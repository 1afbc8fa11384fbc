/** For the screen and for A4 across; the table's head comes again on each page, and no row is cut in two. */
export const reportStyle = `
@page { size: A4 landscape; margin: 14mm }
* { box-sizing: border-box }
body { font: 13px/1.45 system-ui, sans-serif; color: #16202b; max-width: 1180px; margin: 28px auto; padding: 0 20px }
header { border-bottom: 2px solid #16202b; margin-bottom: 14px }
.kind { margin: 0; text-transform: uppercase; letter-spacing: .08em; font-size: 11px; color: #5a6673 }
h1 { margin: 2px 0 10px; font-size: 24px; overflow-wrap: anywhere }
h2 { font-size: 15px; margin: 22px 0 6px }
dl { margin: 0 0 14px; display: grid; grid-template-columns: 1fr 1fr; gap: 3px 28px }
dl div { display: flex; gap: 8px }
dt { color: #5a6673; min-width: 84px }
dd { margin: 0; overflow-wrap: anywhere }
.verdict { border-left: 4px solid #2c7a4b; background: #eef7f1; padding: 7px 12px; margin: 0 0 14px; font-weight: 600 }
.broken { border-color: #b3261e; background: #fcefee }
table { border-collapse: collapse; width: 100% }
caption { text-align: left; color: #5a6673; padding-bottom: 5px }
th { text-align: left; font-size: 11px; color: #5a6673; border-bottom: 1px solid #16202b; padding: 4px 8px 4px 0; vertical-align: bottom }
td { vertical-align: top; border-bottom: 1px solid #d5dbe1; padding: 6px 8px 6px 0; overflow-wrap: anywhere }
td:nth-child(3), td:nth-child(4), td:nth-child(6) { white-space: nowrap; font-variant-numeric: tabular-nums }
thead { display: table-header-group }
tr { break-inside: avoid }
.gap td { background: #fcefee }
mark { background: none; color: #b3261e; font-weight: 600 }
small { color: #5a6673 }
code, pre { font: 11px/1.45 ui-monospace, monospace }
pre { background: #f3f5f7; padding: 8px 10px; white-space: pre-wrap; overflow-wrap: anywhere }
.proof { break-inside: avoid }
@media print { body { margin: 0; padding: 0; max-width: none; font-size: 11px } .verdict, .gap td, pre { print-color-adjust: exact; -webkit-print-color-adjust: exact } }
`
