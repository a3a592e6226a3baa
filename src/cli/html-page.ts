/** Pages that need nothing but themselves, and print well. */
const STYLE = `body{font:15px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem;color:#1b2430}
h1{font-size:1.5rem}h2{font-size:1.1rem;margin-top:2rem;border-top:1px solid #d5dbe3;padding-top:1rem}
table{border-collapse:collapse;width:100%;margin:.5rem 0}th,td{text-align:left;padding:.2rem .6rem;border-bottom:1px solid #e7ebf0;vertical-align:top}
th{font-weight:600;background:#f4f6f9}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}.bad,.stops,.loses{color:#a3121f;font-weight:600}.note{color:#7a5b00}.good,.fits{color:#0b6b3a;font-weight:600}
.samples{font-size:.85em;table-layout:fixed}.samples td,.samples th{overflow-wrap:anywhere}
code{font-family:ui-monospace,monospace;font-size:.92em}@media print{body{margin:0;max-width:none}}`;

/** `title` is escaped here; `body` is HTML. */
export function htmlPage(title: string, body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)}</title><style>${STYLE}</style></head>
<body><h1>${escapeHtml(title)}</h1>${body}</body></html>
`;
}

export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
