/** Rows of the target that the source does not make: which they are. */
import type { PlannedMapping } from '../mapping/plan.ts';
import type { TargetConnection } from '../postgres/connection.ts';
import { quoteIdentifier, quoteLiteral } from '../postgres/identifiers.ts';
import type { RowKeyTexts } from './differences.ts';
import { keyText, type RowOwner } from './row-owner.ts';
import { targetTuples } from './target-tuples.ts';
import { TupleLayout } from './tuple-layout.ts';
import { fromTarget, targetColumns } from './verify-context.ts';

export interface ExtraRow {
  key: RowKeyTexts;
  /** As RowOwner says it. */
  owner: string | null;
}

/**
 * Reads the keys of the target once more, and gives those whose digests are asked for, each as often as it is asked for. A row that is gone
 * by now is not among them. Throws TARGET_*.
 */
export async function* extraRows(
  target: TargetConnection,
  planned: PlannedMapping,
  layout: TupleLayout,
  owner: RowOwner,
  wanted: Map<string, number>,
): AsyncGenerator<ExtraRow> {
  const keyNames = layout.key.map((column) => layout.columns[column]!.name);
  const names = [...new Set([...keyNames, ...owner.columns])];
  const columns = [...names, 'texts'].map((name) => ({ name, type: '' }));
  const positionsOf = (some: readonly string[]): number[] => some.map((name) => names.indexOf(name));
  const byKey = new TupleLayout(columns, positionsOf(keyNames));
  const byOwner = new TupleLayout(columns, positionsOf(owner.columns));
  const texts = keyNames.map((name) => `${quoteLiteral(name)}, t.${quoteIdentifier(name)}::text`).join(', ');
  const select = `SELECT ${targetColumns(names)}, pg_catalog.json_build_object(${texts})::text ${fromTarget(planned)}`;
  for await (const run of targetTuples(target, select, byKey, 'read the keys of rows')) {
    for (let at = run.start; at < run.end;) {
      const end = byKey.measure(run.bytes, at, run.end);
      byKey.digest(run.bytes, at, end);
      const left = wanted.get(keyText(byKey)) ?? 0;
      if (left > 0) {
        wanted.set(keyText(byKey), left - 1);
        byOwner.measure(run.bytes, at, end);
        byOwner.digest(run.bytes, at, end);
        yield {
          key: JSON.parse(byKey.field(run.bytes, names.length)!.toString()) as RowKeyTexts,
          owner: owner.columns.length === 0 ? null : keyText(byOwner),
        };
      }
      at = end;
    }
  }
}
