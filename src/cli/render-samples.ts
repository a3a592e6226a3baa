/** Sampled rows for people at a terminal: what became of them, and with `--reveal` their values. */
import { quantity } from '../core/quantity.ts';
import { renderTable } from '../telemetry/text-table.ts';
import type { ExaminedRow } from '../verify/sample/examine-samples.ts';
import type { SampleRequest } from '../verify/verify-context.ts';
import type { VerifiedDatabase } from './verify-pass.ts';

const STATES = {
  same: 'the same',
  differs: 'with other values',
  missing: 'missing',
  rejected: 'rejected',
  changed: 'changed meanwhile',
} as const;
const MAX_SHOWN = 120;

/** None where there are no samples. */
export function renderSamples(
  verified: readonly VerifiedDatabase[],
  { seed, reveal }: SampleRequest,
): string[] {
  const sampled = verified.flatMap(({ verification }) =>
    verification.mappings.filter(({ samples }) => samples.length > 0),
  );
  if (sampled.length === 0) return [];
  const rows = sampled.flatMap(({ samples }) => samples);
  const counts = Object.entries(STATES).flatMap(([state, title]) => {
    const count = rows.filter((row) => row.state === state).length;
    return count > 0 ? [`${count} ${title}`] : [];
  });
  const summary = `${quantity(rows.length, 'random row')} of ${quantity(sampled.length, 'mapping')} field by field (seed ${seed}): ${counts.join(', ')}`;
  if (!reveal) return [summary];
  return [
    summary,
    ...sampled.flatMap(({ mapping, samples }) => samples.map((row) => renderRow(mapping, row))),
  ];
}

function renderRow(mapping: string, { key, state, fields, values }: ExaminedRow): string {
  const titles = ['column', 'source', 'expected', 'in target', ''];
  const lines = (values ?? []).map(({ column, from, expected, actual }, index) => [
    column,
    from.map(({ name, text }) => `${name} = ${show(text)}`).join('; '),
    show(expected),
    show(actual),
    fields[index]!.isSame ? '' : '✗',
  ]);
  return `${mapping} ${JSON.stringify(key)}: ${STATES[state]}\n${renderTable(
    titles.map((title) => ({ title, align: 'left' as const })),
    lines,
  )}`;
}

/** One line, and nothing that a terminal would act on. */
function show(text: string | null): string {
  if (text === null) return 'NULL';
  const plain = JSON.stringify(text.slice(0, MAX_SHOWN)).replaceAll(/[\u007f-\u009f\u2028\u2029]/g, '·');
  return text.length > MAX_SHOWN ? `${plain}…` : plain;
}
