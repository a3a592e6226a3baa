/** The diagnosis for people, on a terminal. */
import { quantity } from '../core/quantity.ts';
import { REJECT_REASONS } from '../core/reject-reasons.ts';
import type { DescribedColumn } from '../mapping/describe-mapping.ts';
import type { DiagnosedMapping, DiagnoseReport } from '../diagnose/diagnose.ts';
import type { SampleReport } from '../diagnose/sample-rows.ts';
import { formatCount } from '../telemetry/format.ts';
import { renderTable } from '../telemetry/text-table.ts';
import { style, type OutputStream } from './output.ts';

const VERDICTS = { stops: 'STOPS', loses: 'LOSES', note: 'note ' } as const;
const COLORS = { stops: 'red', loses: 'red', note: 'yellow' } as const;
const SHOWN_TABLES = 20;

export function renderDiagnose(report: DiagnoseReport, stream: OutputStream, explains: boolean): string {
  const blocks = report.mappings.map((mapping) => renderMapping(mapping, stream, explains));
  return [...blocks, ...unreadLines(report), verdictOf(report)].join('\n\n');
}

function renderMapping(mapping: DiagnosedMapping, stream: OutputStream, explains: boolean): string {
  const { id, source, target, filter, columns, findings, sample } = mapping;
  const head = `${style(stream, 'bold', id)}: ${source} → ${target}`;
  return [
    filter === null ? head : `${head}, of which ${filter}`,
    ...(explains && columns.length > 0 ? [indented(renderTable(COLUMNS, columns.map(cells)))] : []),
    ...findings.map(
      ({ severity, text }) => `  ${style(stream, COLORS[severity], VERDICTS[severity])}  ${text}`,
    ),
    ...(sample ? sampleLines(sample, stream) : []),
  ].join('\n');
}

const COLUMNS = ['source', 'how', 'target', 'type', 'PHI'].map((title) => ({
  title,
  align: 'left' as const,
}));

function cells({ from, how, column, type, nullable, phi }: DescribedColumn): string[] {
  return [from.join(', ') || '–', how, column, nullable ? type : `${type} NOT NULL`, phi];
}

function indented(text: string): string {
  return text.replaceAll(/^/gm, '  ');
}

function sampleLines(
  { rows, fitting, filtered, refused, flags, kept }: SampleReport,
  stream: OutputStream,
): string[] {
  const rejected = rows - fitting - filtered;
  return [
    `  ${quantity(rows, 'row')} looked at = ${formatCount(fitting)} fitting + ${formatCount(filtered)} filtered + ${formatCount(rejected)} refused`,
    ...refused.map(
      ({ column, reason, rows: count }) =>
        `  ${style(stream, 'red', VERDICTS.loses)}  ${quantity(count, 'row')} refused by ${column}: ${REJECT_REASONS[reason]}`,
    ),
    ...flags.map(({ flag, rows: count }) => `  flag   ${quantity(count, 'row')}: ${flag}`),
    ...kept.map(
      ({ column, rows: count }) =>
        `  kept   ${quantity(count, 'value')} of ${column} as they are, beside their column`,
    ),
  ];
}

function unreadLines({ unread }: DiagnoseReport): string[] {
  if (unread.length === 0) return [];
  const more = unread.length > SHOWN_TABLES ? `, and ${unread.length - SHOWN_TABLES} more` : '';
  return [
    `${quantity(unread.length, 'table')} of the source ${unread.length === 1 ? 'stays' : 'stay'} behind, since no mapping reads ${unread.length === 1 ? 'it' : 'them'}: ${unread.slice(0, SHOWN_TABLES).join(', ')}${more}`,
  ];
}

function verdictOf({ mappings }: DiagnoseReport): string {
  const bad = mappings.filter(({ fits }) => !fits);
  if (bad.length === 0) return `Everything fits: ${quantity(mappings.length, 'mapping')}.`;
  return `${bad.length} of ${quantity(mappings.length, 'mapping')} ${bad.length === 1 ? 'does' : 'do'} not fit: ${bad.map(({ id }) => id).join(', ')}`;
}
