/** Sampled rows field by field: what each is made of, how, and whether the target has it. No value, but how much there is of it. */
import { splitRow } from '../../mapping/careful-encoder.ts';
import { inputsOf } from '../../mapping/compile.ts';
import { describeColumns } from '../../mapping/describe-mapping.ts';
import type { PlannedMapping } from '../../mapping/plan.ts';
import type { Verdict } from '../compare-in-target.ts';
import type { RowKeyTexts } from '../differences.ts';
import { TupleLayout } from '../tuple-layout.ts';
import type { SampledRow } from './row-sampler.ts';

/** How much there is of a value; null for NULL. */
type Size = number | null;

export interface SampledField {
  column: string;
  type: string;
  /** What it is made of: columns and fields of the source, with their types, and how large they are in this row, in bytes of text. */
  from: { name: string; bytes: Size }[];
  how: string;
  /** As PostgreSQL stores it. */
  bytes: Size;
  isSame: boolean;
}

export interface SampledResult {
  key: RowKeyTexts;
  /** `changed`: while both sides change it is not what it was when it was read. */
  state: 'same' | 'differs' | 'missing' | 'rejected' | 'changed';
  fields: SampledField[];
}

export function sampleFields(
  { mapping, table, compiled }: PlannedMapping,
  { payload, tuple }: SampledRow,
  verdict: Verdict,
): SampledField[] {
  const values = splitRow(payload, 0, compiled.sourceColumns.length);
  const sizes = new Map(
    compiled.sourceColumns.map(({ name }, index) => [name, values[index]?.length ?? null]),
  );
  const layout = TupleLayout.of({ mapping, table });
  layout.measure(tuple, 0, tuple.length);
  const differing = verdict !== null && typeof verdict === 'object' ? verdict.columns : [];
  return describeColumns(mapping, table).map(({ column, type, from, how }, index) => ({
    column,
    type,
    from: from.map((name, input) => ({
      name,
      bytes: sizes.get(inputsOf(mapping.columns[index]!.value)[input]!) ?? null,
    })),
    how,
    bytes: layout.field(tuple, index)?.length ?? null,
    isSame: verdict === null || (typeof verdict === 'object' && !differing.includes(column)),
  }));
}
