/** A site of OpenEMR with documents in its database and on a disk, and an empty bucket. */
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Changes, Row } from '../bulk-case.ts';
import { OPENEMR, openOpenemrCase, type OpenemrCase } from '../openemr/openemr-case.ts';
import type { MysqlFlavor } from '../servers/index.ts';
import { startStorageServer, type StorageServer } from '../storage/storage-server.ts';
import { keyRows, plantDocuments, type PlantedDocument } from './document-set.ts';

export interface DocumentCase extends OpenemrCase {
  root: string;
  storage: StorageServer;
  addDocument(row: PlantedDocument['row']): Promise<unknown>;
  /** Of the target, by the id in the source. */
  documentRows(): Promise<Map<number, DocumentRow>>;
  /** As if no document had been looked at yet. */
  forgetDocuments(): Promise<void>;
  /** Differences between the bucket and what the rows and the ledger say; none where all is well. */
  bucketFaults(): Promise<string[]>;
}

export interface DocumentRow {
  id: string;
  legacy_id: string;
  patient_id: string | null;
  storage_state: string;
  gcs_bucket: string | null;
  gcs_object: string | null;
  gcs_generation: string | null;
  size_bytes: string | null;
  sha256: string | null;
  crc32c: string | null;
  sniffed_mime_type: string | null;
  legacy_hash_verified: boolean | null;
  was_encrypted: boolean;
}

export async function openDocumentCase(
  options: { flavor?: MysqlFlavor; sync?: boolean; changes?: Changes } = {},
): Promise<DocumentCase> {
  const storage = await startStorageServer();
  const root = await fs.mkdtemp(path.join(os.tmpdir(), 'transfuse-documents-'));
  const base = await openOpenemrCase({
    flavor: options.flavor ?? 'mariadb',
    version: '8',
    patients: 3,
    traps: [],
    sync: options.sync ?? false,
    changes: {
      DOCUMENTS_ROOT: root,
      GCS_BUCKET: storage.bucket,
      GCS_PATH: 'moved/',
      GCS_API_ENDPOINT: storage.endpoint,
      ...options.changes,
    },
  });
  await base.sourceQuery('DELETE FROM documents');
  await base.sourceQuery('DELETE FROM categories_to_documents');
  await base.sourceQuery('DELETE FROM `keys`');
  await base.sourceQuery('INSERT INTO `keys` (name, value) VALUES ?', [
    keyRows().map(({ name, value }) => [name, value]),
  ]);
  const dispose = base[Symbol.asyncDispose].bind(base);
  return Object.assign(base, {
    root,
    storage,
    addDocument: (row: PlantedDocument['row']) =>
      base.sourceQuery(`INSERT INTO documents (${Object.keys(row).join(', ')}) VALUES (?)`, [
        Object.values(row),
      ]),
    documentRows: async () => {
      const rows = await base.query<DocumentRow & Row>(
        'medical_records',
        'SELECT * FROM medical_records.document',
      );
      return new Map(rows.map((row) => [Number(row.legacy_id), row]));
    },
    forgetDocuments: async () => {
      await base.query('medical_records', 'TRUNCATE transfuse.documents, transfuse.objects_to_remove');
      await base.query(
        'medical_records',
        `UPDATE medical_records.document SET storage_state = 'not_migrated', gcs_bucket = NULL, gcs_object = NULL, gcs_generation = NULL`,
      );
      for (const name of storage.objects.names()) storage.objects.delete(name, null);
      storage.objects.commits = 0;
    },
    bucketFaults: () => bucketFaults(base, storage),
    [Symbol.asyncDispose]: async () => {
      await dispose();
      await fs.rm(root, { recursive: true, force: true });
      await storage[Symbol.asyncDispose]();
    },
  });
}

async function bucketFaults(base: OpenemrCase, { objects }: StorageServer): Promise<string[]> {
  const faults: string[] = [];
  const rows = await base.query<DocumentRow & Row & { outcome: string; ledger_object: string | null }>(
    'medical_records',
    `SELECT t.*, d.outcome, d.object_name AS ledger_object FROM medical_records.document t
     FULL JOIN (SELECT * FROM transfuse.documents WHERE outcome <> 'deleted') d ON d.target_id = t.id`,
  );
  const named = new Set<string>();
  for (const row of rows) {
    if (row.storage_state !== row.outcome)
      faults.push(`${row.legacy_id}: ${row.storage_state}, not ${row.outcome}`);
    if (row.gcs_object !== row.ledger_object)
      faults.push(`${row.legacy_id}: the ledger names another object`);
    if (row.gcs_object === null) continue;
    named.add(row.gcs_object);
    const object = objects.get(row.gcs_object);
    if (!object) faults.push(`${row.legacy_id}: its object is not there`);
    else if (object.generation !== row.gcs_generation || object.crc32c !== row.crc32c)
      faults.push(`${row.legacy_id}: its object is another one`);
  }
  faults.push(
    ...objects
      .names()
      .filter((name) => !named.has(name))
      .map((name) => `${name}: of no document`),
  );
  const left = await base.query('medical_records', 'SELECT FROM transfuse.objects_to_remove');
  if (left.length > 0) faults.push(`${left.length} objects are still to be removed`);
  return faults;
}

/** Plants the set, row by row. */
export async function plantSet(site: DocumentCase) {
  const set = await plantDocuments(site.root);
  for (const { row } of set.documents) await site.addDocument(row);
  return set;
}

export { OPENEMR };
