/** Held against the target, like any row that is suspected of differing; and, where somebody asked for it, with their values. */
import { haveOpenRejects } from '../../ledger/rejects.ts';
import { splitRow } from '../../mapping/careful-encoder.ts';
import { inputsOf } from '../../mapping/compile.ts';
import type { PlannedMapping } from '../../mapping/plan.ts';
import type { TargetConnection } from '../../postgres/connection.ts';
import { quoteIdentifier } from '../../postgres/identifiers.ts';
import { inTransaction } from '../../postgres/transaction.ts';
import { compareInTarget, type Verdict } from '../compare-in-target.ts';
import { expectedBesideActual, NUMBER } from '../expected-table.ts';
import type { SuspectReader } from '../suspects.ts';
import type { TupleLayout } from '../tuple-layout.ts';
import type { SampledRow } from './row-sampler.ts';
import { sampleFields, type SampledResult } from './sample-fields.ts';

export interface ExamineOptions {
  target: TargetConnection;
  planned: PlannedMapping;
  layout: TupleLayout;
  reader: SuspectReader;
  runId: string;
  /** Both sides change. */
  isLive: boolean;
  /** Read the values too. */
  reveal: boolean;
}

/** In texts, as the databases print them. For a terminal, and nothing else. */
export interface RevealedField {
  column: string;
  from: { name: string; text: string | null }[];
  expected: string | null;
  actual: string | null;
}

export type ExaminedRow = SampledResult & { values: RevealedField[] | null };

/** Throws TARGET_*. */
export async function examineSamples(
  options: ExamineOptions,
  rows: readonly SampledRow[],
): Promise<ExaminedRow[]> {
  const { target, planned, layout, reader, runId, isLive, reveal } = options;
  if (rows.length === 0 || layout.key.length === 0) return [];
  const tuples = rows.map(({ tuple }) => tuple);
  const verdicts = await compareInTarget(target, planned, layout, tuples);
  const keys = rows.map(({ payload }) => reader.keyOf(payload));
  const rejected = await haveOpenRejects(target, runId, planned.mapping.id, keys);
  const values = reveal ? await readValues(options, rows) : null;
  return rows.map((row, index) => ({
    key: keys[index]!,
    state: stateOf(verdicts[index]!, rejected[index]!, isLive),
    fields: sampleFields(planned, row, verdicts[index]!),
    values: values && values[index]!,
  }));
}

function stateOf(verdict: Verdict, isRejected: boolean, isLive: boolean): SampledResult['state'] {
  if (verdict === null) return 'same';
  if (isRejected) return 'rejected';
  if (isLive) return 'changed';
  return verdict === 'missing' ? 'missing' : 'differs';
}

async function readValues(
  { target, planned, layout }: ExamineOptions,
  rows: readonly SampledRow[],
): Promise<RevealedField[][]> {
  const { mapping, compiled } = planned;
  const texts = (table: string): string =>
    compiled.targetColumns.map((name) => `${table}.${quoteIdentifier(name)}::text`).join(', ');
  const found = await inTransaction(target, async () => {
    const tuples = rows.map(({ tuple }) => tuple);
    const beside = await expectedBesideActual(target, planned, layout, tuples);
    const { rows: both } = await target.query<{ number: number; expected: string[]; actual: string[] }>(
      `SELECT e.${NUMBER} AS number, ARRAY[${texts('e')}] AS expected, ARRAY[${texts('t')}] AS actual ${beside}`,
    );
    return new Map(both.map((one) => [one.number, one]));
  });
  return rows.map(({ payload }, number) => {
    const source = splitRow(payload, 0, compiled.sourceColumns.length);
    const textOf = (name: string): string | null =>
      source[compiled.sourceColumns.findIndex((column) => column.name === name)]?.toString() ?? null;
    return mapping.columns.map(({ target: { name: column }, value }, index) => ({
      column,
      from: inputsOf(value).map((name) => ({ name, text: textOf(name) })),
      expected: found.get(number)?.expected[index] ?? null,
      actual: found.get(number)?.actual[index] ?? null,
    }));
  });
}
