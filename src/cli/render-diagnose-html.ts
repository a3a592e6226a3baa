/** The diagnosis as one self-contained page, for those who have no terminal. Names, counts and reasons; no value of a row. */
import { REJECT_REASONS } from '../core/reject-reasons.ts';
import type { DiagnosedMapping, DiagnoseReport } from '../diagnose/diagnose.ts';
import { formatCount } from '../telemetry/format.ts';

const STYLE = `body{font:15px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem;color:#1b2430}
h1{font-size:1.5rem}h2{font-size:1.1rem;margin-top:2rem;border-top:1px solid #d5dbe3;padding-top:1rem}
table{border-collapse:collapse;width:100%;margin:.5rem 0}th,td{text-align:left;padding:.2rem .6rem;border-bottom:1px solid #e7ebf0;vertical-align:top}
th{font-weight:600;background:#f4f6f9}.stops,.loses{color:#a3121f;font-weight:600}.note{color:#7a5b00}.fits{color:#0b6b3a;font-weight:600}
code{font-family:ui-monospace,monospace;font-size:.92em}@media print{body{margin:0}}`;

export function diagnoseHtml(report: DiagnoseReport, sampleRows: number): string {
  const { profile, database, mappings, unread } = report;
  const verdict = mappings.every(({ fits }) => fits)
    ? '<p class="fits">Everything fits.</p>'
    : '<p class="stops">Not everything fits: see the lines in red.</p>';
  const behind =
    unread.length === 0
      ? ''
      : `<h2>Tables that stay behind</h2><p>No mapping reads them.</p><p>${unread.map((name) => `<code>${escape(name)}</code>`).join(', ')}</p>`;
  const title = `Mappings of ${escape(database)} by the profile ${escape(profile)}`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title><style>${STYLE}</style></head>
<body><h1>${title}</h1>${verdict}
<p>Of each mapping up to ${formatCount(sampleRows)} rows were looked at. Nothing was written.</p>
${mappings.map(mappingHtml).join('\n')}
${behind}</body></html>
`;
}

function mappingHtml({
  id,
  source,
  target,
  service,
  filter,
  columns,
  findings,
  sample,
}: DiagnosedMapping): string {
  const lines = [
    ...findings.map(({ severity, text }) => line(severity, text)),
    ...(sample?.refused ?? []).map(({ column, reason, rows }) =>
      line('loses', `${formatCount(rows)} rows refused by ${column}: ${REJECT_REASONS[reason]}`),
    ),
    ...(sample?.flags ?? []).map(({ flag, rows }) =>
      line('note', `${formatCount(rows)} rows get the flag ${flag}`),
    ),
    ...(sample?.kept ?? []).map(({ column, rows }) =>
      line('note', `${formatCount(rows)} values of ${column} are kept as they are, beside their column`),
    ),
  ];
  const counted = sample
    ? `<p>${formatCount(sample.rows)} rows looked at = ${formatCount(sample.fitting)} fitting + ${formatCount(sample.filtered)} filtered + ${formatCount(sample.rows - sample.fitting - sample.filtered)} refused</p>`
    : '';
  const rows = columns.map(
    ({ from, how, column, type, nullable, phi }) =>
      `<tr>${[from.join(', ') || '–', how, column, nullable ? type : `${type} NOT NULL`, phi].map((cell) => `<td>${escape(cell)}</td>`).join('')}</tr>`,
  );
  const table =
    rows.length === 0
      ? ''
      : `<table><thead><tr><th>source</th><th>how</th><th>target</th><th>type</th><th>PHI</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
  const of = filter === null ? '' : `, of which ${escape(filter)}`;
  return `<h2>${escape(id)}: <code>${escape(source)}</code> → <code>${escape(target)}</code> (${escape(service)})${of}</h2>
<ul>${lines.join('')}</ul>${counted}${table}`;
}

function line(severity: 'stops' | 'loses' | 'note', text: string): string {
  return `<li class="${severity}">${escape(text)}</li>`;
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
