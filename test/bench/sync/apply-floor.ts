/**
 * What applying costs at least: the same changes, their net effect worked out beforehand for each batch, in a file that psql
 * sends: COPY into a temporary table, one upsert, one delete by key, COMMIT. Nothing is decoded, nothing remembered.
 */
import fs from 'node:fs/promises';
import type { Value } from '../dataset/bench-table.ts';
import { sourceTransactions } from './changes.ts';
import { encounter, ENCOUNTERS } from './encounters.ts';

/** Row changes of each commit: more do not make it faster. */
export const FLOOR_BATCH_CHANGES = 10_000;
const TABLE = ENCOUNTERS.name;

interface Batch {
  /** By id; null for a row that is deleted. */
  versions: Map<number, number | null>;
  changes: number;
}

/** `rowsEach`: of the source's transactions, whose order of changes it is. */
export async function writeFloorScript(
  file: string,
  { changes, rowsEach, columns }: { changes: number; rowsEach: number; columns: readonly string[] },
): Promise<void> {
  const handle = await fs.open(file, 'w', 0o644);
  try {
    await handle.write(`SET TimeZone = 'UTC';
CREATE TEMPORARY TABLE upserted (LIKE ${TABLE}) ON COMMIT DELETE ROWS;
CREATE TEMPORARY TABLE deleted (id bigint) ON COMMIT DELETE ROWS;
`);
    for (const batch of batches(changes, rowsEach)) await handle.write(batchSql(batch, columns));
  } finally {
    await handle.close();
  }
}

function* batches(changes: number, rowsEach: number): Generator<Batch> {
  let batch: Batch = { versions: new Map(), changes: 0 };
  for (const { inserts, updates, deletes } of sourceTransactions(changes, rowsEach)) {
    for (const { id, version } of [...inserts, ...updates]) batch.versions.set(id, version);
    for (const id of deletes) batch.versions.set(id, null);
    batch.changes += inserts.length + updates.length + deletes.length;
    if (batch.changes < FLOOR_BATCH_CHANGES) continue;
    yield batch;
    batch = { versions: new Map(), changes: 0 };
  }
  if (batch.changes > 0) yield batch;
}

function batchSql({ versions }: Batch, columns: readonly string[]): string {
  let rows = '';
  let keys = '';
  for (const [id, version] of versions) {
    if (version === null) keys += `${id}\n`;
    else rows += `${encounter(id, version).map(field).join('\t')}\n`;
  }
  const set = columns.filter((name) => name !== 'id').map((name) => `${name} = excluded.${name}`);
  return `BEGIN;
COPY upserted FROM stdin;
${rows}\\.
INSERT INTO ${TABLE} SELECT * FROM upserted ON CONFLICT (id) DO UPDATE SET ${set.join(', ')};
COPY deleted FROM stdin;
${keys}\\.
DELETE FROM ${TABLE} AS t USING deleted AS d WHERE t.id = d.id;
COMMIT;
`;
}

/** The values have neither backslashes nor control characters. */
function field(value: Value): string {
  return value === null ? '\\N' : String(value);
}
