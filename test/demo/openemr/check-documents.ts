/** Documents in the end: one outcome for each row, and in the bucket what the rows say, and nothing else. */
import { createHash } from 'node:crypto';
import { DOCUMENT_OUTCOMES, type DocumentOutcome } from '../../../src/core/document-outcomes.ts';
import { formatBytes, formatCount } from '../../../src/telemetry/format.ts';
import type { DatabaseAddress } from '../../support/database-address.ts';
import { queryTarget } from '../../support/database-sessions.ts';
import type { StoredObjects } from '../../support/storage/stored-objects.ts';
import type { Narrator } from '../narrator.ts';

interface Row extends Record<string, unknown> {
  id: string;
  legacy_id: string;
  storage_state: DocumentOutcome;
  gcs_object: string | null;
  sha256: string | null;
  legacy_hash: string | null;
  legacy_hash_algorithm: string | null;
}

export interface CheckedDocuments {
  problems: string[];
  documents: number;
  stored: number;
}

interface Databases {
  followed: DatabaseAddress;
  /** Loaded when everything was over. */
  loaded: DatabaseAddress;
}

const ROWS = 'SELECT * FROM medical_records.document';

/** `prefix`: what the names of the objects begin with. */
export async function checkDocuments(
  { followed, loaded }: Databases,
  objects: StoredObjects,
  prefix: string,
  narrator: Narrator,
): Promise<CheckedDocuments> {
  const rows = await queryTarget<Row>(followed, ROWS);
  const again = new Map((await queryTarget<Row>(loaded, ROWS)).map((row) => [row.id, row]));
  const problems = rows.flatMap((row) => {
    const now = again.get(row.id);
    // What was in the bucket already stays there when its file is gone.
    const isSame =
      !now ||
      (now.gcs_object === null
        ? row.gcs_object !== null || row.storage_state === now.storage_state
        : row.sha256 === now.sha256 && row.storage_state === now.storage_state);
    return isSame
      ? []
      : [`document ${row.legacy_id}: ${row.storage_state}, and ${now.storage_state} where it was loaded now`];
  });
  const named = new Set<string>();
  const byOutcome = new Map<DocumentOutcome, { count: number; bytes: number }>();
  for (const row of rows) {
    const counted = byOutcome.get(row.storage_state) ?? { count: 0, bytes: 0 };
    byOutcome.set(row.storage_state, counted);
    counted.count++;
    if (row.gcs_object === null) continue;
    named.add(row.gcs_object);
    const object = objects.get(row.gcs_object);
    counted.bytes += object?.content.length ?? 0;
    const problem = problemOf(row, object?.content);
    if (problem) problems.push(`document ${row.legacy_id}: ${problem}`);
  }
  for (const name of objects.names())
    if (name.startsWith(prefix) && !named.has(name)) problems.push(`the object ${name} is of no document`);
  narrator.table(
    [
      { title: 'documents', align: 'left' },
      { title: 'number', align: 'right' },
      { title: 'in the bucket', align: 'right' },
      { title: 'meaning', align: 'left' },
    ],
    [...byOutcome].map(([outcome, { count, bytes }]) => [
      outcome,
      formatCount(count),
      bytes > 0 ? formatBytes(bytes) : '',
      DOCUMENT_OUTCOMES[outcome] ?? 'nobody has looked for it',
    ]),
    [[`${byOutcome.size} outcomes`, formatCount(rows.length), '', '']],
  );
  return { problems, documents: rows.length, stored: named.size };
}

function problemOf(row: Row, content: Buffer | undefined): string | null {
  if (!content) return 'its object is not in the bucket';
  const digest = (algorithm: string): string => createHash(algorithm).update(content).digest('hex');
  if (digest('sha256') !== row.sha256) return 'its object is not what was stored';
  const { legacy_hash: hash, legacy_hash_algorithm: algorithm, storage_state: state } = row;
  // An earlier one, whose row has changed since.
  if (!['stored', 'hash_mismatch', 'size_mismatch'].includes(state)) return null;
  const isWrong = algorithm !== null && digest(algorithm) !== hash?.toLowerCase();
  return isWrong === (state === 'hash_mismatch') ? null : 'its outcome does not fit its hash';
}
