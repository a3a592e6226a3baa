/** Whether the target still holds what a report attests, chunk by chunk. */
import { readDigestKey } from '../../ledger/verifications.ts';
import { ledgerExists } from '../../ledger/ddl.ts';
import type { TargetConnection } from '../../postgres/connection.ts';
import { inTransaction } from '../../postgres/transaction.ts';
import { qualified } from '../../postgres/identifiers.ts';
import { attestRows, type AttestedRows } from './attested-rows.ts';

export interface CheckedRows {
  mapping: string;
  /** As they were attested. */
  chunks: number;
  rows: number;
  /** Of these, what the target has as it was. */
  unchangedChunks: number;
  unchangedRows: number;
  rowsNow: number;
}

export interface CheckResult {
  checked: CheckedRows[];
  /** Why nothing could be said of a mapping, or of all of them. */
  notChecked: { mapping: string; reason: string }[];
}

interface CheckOptions {
  target: TargetConnection;
  verification: string;
  attested: readonly { mapping: string; rows: AttestedRows }[];
  onRows(mapping: string, rows: number): void;
  onChecked(mapping: string): void;
}

/** Reads the target alone, and changes nothing. Throws TARGET_*. */
export async function checkRows({
  target,
  verification,
  attested,
  onRows,
  onChecked,
}: CheckOptions): Promise<CheckResult> {
  const result: CheckResult = { checked: [], notChecked: [] };
  const key = (await ledgerExists(target)) ? await readDigestKey(target, verification) : null;
  for (const { mapping, rows } of attested) {
    const table = qualified(rows.schema, rows.table);
    const refuse = (reason: string): void => void result.notChecked.push({ mapping, reason });
    if (!key)
      refuse('this database does not know the verification: its ledger is gone, or it is another database');
    else if (!(await hasColumns(target, rows))) refuse(`${table} is gone, or has lost columns`);
    else {
      const now = await inTransaction(target, () =>
        attestRows(target, rows, key, (count) => onRows(mapping, count)),
      );
      result.checked.push({ mapping, ...compare(rows, now) });
      onChecked(mapping);
    }
  }
  return result;
}

function compare(then: AttestedRows, now: AttestedRows): Omit<CheckedRows, 'mapping'> {
  const there = new Map<string, number>();
  for (const { digest } of now.chunks) there.set(digest, (there.get(digest) ?? 0) + 1);
  const unchanged = then.chunks.filter(({ digest }) => {
    const left = there.get(digest) ?? 0;
    there.set(digest, left - 1);
    return left > 0;
  });
  return {
    chunks: then.chunks.length,
    rows: rowsOf(then.chunks),
    unchangedChunks: unchanged.length,
    unchangedRows: rowsOf(unchanged),
    rowsNow: rowsOf(now.chunks),
  };
}

function rowsOf(chunks: AttestedRows['chunks']): number {
  return chunks.reduce((sum, { rows }) => sum + rows, 0);
}

async function hasColumns(
  target: TargetConnection,
  { schema, table, columns }: AttestedRows,
): Promise<boolean> {
  const { rows } = await target.query<{ count: string }>(
    `SELECT count(*) AS count FROM information_schema.columns WHERE table_schema = $1 AND table_name = $2 AND column_name = ANY ($3)`,
    [schema, table, columns],
  );
  return Number(rows[0]!.count) === columns.length;
}
