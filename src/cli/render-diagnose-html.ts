/** The diagnosis as one self-contained page, for those who have no terminal. Names, counts and reasons; no value of a row. */
import { REJECT_REASONS } from '../core/reject-reasons.ts';
import type { DiagnosedMapping, DiagnoseReport } from '../diagnose/diagnose.ts';
import { formatCount } from '../telemetry/format.ts';
import { escapeHtml, htmlPage } from './html-page.ts';

export function diagnoseHtml(report: DiagnoseReport, sampleRows: number): string {
  const { profile, database, mappings, unread } = report;
  const verdict = mappings.every(({ fits }) => fits)
    ? '<p class="fits">Everything fits.</p>'
    : '<p class="stops">Not everything fits: see the lines in red.</p>';
  const behind =
    unread.length === 0
      ? ''
      : `<h2>Tables that stay behind</h2><p>No mapping reads them.</p><p>${unread.map((name) => `<code>${escapeHtml(name)}</code>`).join(', ')}</p>`;
  const title = `Mappings of ${database} by the profile ${profile}`;
  const body = `${verdict}
<p>Of each mapping up to ${formatCount(sampleRows)} rows were looked at. Nothing was written.</p>
${mappings.map(mappingHtml).join('\n')}
${behind}`;
  return htmlPage(title, body);
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
      `<tr>${[from.join(', ') || '–', how, column, nullable ? type : `${type} NOT NULL`, phi].map((cell) => `<td>${escapeHtml(cell)}</td>`).join('')}</tr>`,
  );
  const table =
    rows.length === 0
      ? ''
      : `<table><thead><tr><th>source</th><th>how</th><th>target</th><th>type</th><th>PHI</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
  const of = filter === null ? '' : `, of which ${escapeHtml(filter)}`;
  return `<h2>${escapeHtml(id)}: <code>${escapeHtml(source)}</code> → <code>${escapeHtml(target)}</code> (${escapeHtml(service)})${of}</h2>
<ul>${lines.join('')}</ul>${counted}${table}`;
}

function line(severity: 'stops' | 'loses' | 'note', text: string): string {
  return `<li class="${severity}">${escapeHtml(text)}</li>`;
}
