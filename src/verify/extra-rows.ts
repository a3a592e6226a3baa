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
  /** As it was asked for. */
  digest: string;
  key: RowKeyTexts;
  /** What PostgreSQL knows the row's version by. */
  version: string;
  /** As RowOwner says it. */
  owner: string | null;
}

/** Reads the keys of the target once more, and gives the rows that are wanted. A row that is gone by now is not among them. Throws TARGET_*. */
export async function* extraRows(
  target: TargetConnection,
  planned: PlannedMapping,
  layout: TupleLayout,
  owner: RowOwner,
  isWanted: (digest: string, ownerOf: () => string | null) => boolean,
): AsyncGenerator<ExtraRow> {
  const keyNames = layout.key.map((column) => layout.columns[column]!.name);
  const names = [...new Set([...keyNames, ...owner.columns])];
  const columns = [...names, 'texts', 'version'].map((name) => ({ name, type: '' }));
  const positionsOf = (some: readonly string[]): number[] => some.map((name) => names.indexOf(name));
  const byKey = new TupleLayout(columns, positionsOf(keyNames));
  const byOwner = new TupleLayout(columns, positionsOf(owner.columns));
  const texts = keyNames.map((name) => `${quoteLiteral(name)}, t.${quoteIdentifier(name)}::text`).join(', ');
  const select = `SELECT ${targetColumns(names)}, pg_catalog.json_build_object(${texts})::text, t.xmin::text ${fromTarget(planned)}`;
  let found: ExtraRow[] = [];
  const onTuple = (bytes: Buffer, start: number, end: number): void => {
    byKey.digest(bytes, start, end);
    const digest = keyText(byKey);
    const ownerOf = (): string | null => {
      if (owner.columns.length === 0) return null;
      byOwner.measure(bytes, start, end);
      byOwner.digest(bytes, start, end);
      return keyText(byOwner);
    };
    if (!isWanted(digest, ownerOf)) return;
    found.push({
      digest,
      key: JSON.parse(byKey.field(bytes, names.length)!.toString()) as RowKeyTexts,
      version: byKey.field(bytes, names.length + 1)!.toString(),
      owner: ownerOf(),
    });
  };
  const action = 'read the keys of rows';
  for await (const _ of targetTuples({ target, select, layout: byKey, action, onTuple })) {
    yield* found;
    found = [];
  }
}

/** Those of these digests, each as often as it is asked for. */
export function byDigest(wanted: Map<string, number>): (digest: string) => boolean {
  return (digest) => {
    const left = wanted.get(digest) ?? 0;
    if (left > 0) wanted.set(digest, left - 1);
    return left > 0;
  };
}
