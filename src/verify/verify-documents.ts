/**
 * Whether the bucket has what the rows of documents point to: each object in the generation that was stored, with its size and CRC-32C; where it is asked for,
 * with the SHA-256 of its bytes. And whether rows say of their files what the ledger says. What does not hold is looked at once more, since a sync may be at
 * work. Holds a page of names, and a piece of an object.
 */
import { createHash } from 'node:crypto';
import type { StorageSettings } from '../config/settings.ts';
import { TransfuseError } from '../core/errors.ts';
import { countDocuments, type DocumentCount, type DocumentTable } from '../ledger/documents.ts';
import {
  countElsewhere,
  isOfDocument,
  objectsOfDocuments,
  rowFaults,
  type ObjectOfDocuments,
  type RowFault,
} from '../ledger/verify-documents.ts';
import type { Plan } from '../mapping/plan.ts';
import { targetKeyOf } from '../mapping/target-key.ts';
import { rowKeyColumns } from '../mysql/row-key.ts';
import type { TargetConnection } from '../postgres/connection.ts';
import { documentPrefix } from '../storage/document-prefix.ts';
import type { ListedObject, ObjectStore } from '../storage/object-store.ts';

export type DocumentFault =
  RowFault | 'object_missing' | 'object_replaced' | 'object_differs' | 'content_differs';

export interface DocumentsVerification {
  /** Objects that documents point to, and what they come to. */
  objects: number;
  bytes: number;
  /** Whether their bytes were read. */
  isDeep: boolean;
  /** What became of the files of rows, as the ledger has it: what was wrong with one at the source is no difference. */
  outcomes: Pick<DocumentCount, 'outcome' | 'documents'>[];
  /** Objects below the same prefix that no document points to. */
  strays: number;
  faults: Partial<Record<DocumentFault, number>>;
  /** The first ones: the object's name, or the row's id in the target; both are made of ids. */
  named: { fault: DocumentFault; name: string }[];
  /** Why objects could not be compared; null where they were. */
  notCompared: string | null;
}

interface VerifyDocumentsOptions {
  target: TargetConnection;
  runId: string;
  plan: Plan;
  storage: StorageSettings | null;
  store: ObjectStore | null;
  isDeep: boolean;
  signal: AbortSignal;
  onObjects(objects: number, bytes: number): void;
}

const MAX_NAMED = 100;
const MAX_ROW_FAULTS = 10_000;
const MAX_OBJECTS_PER_PAGE = 10_000;

/** null where no file was ever looked for. Throws STORAGE_*, TARGET_*, INTERRUPTED. */
export async function verifyDocuments(
  options: VerifyDocumentsOptions,
): Promise<DocumentsVerification | null> {
  const tables = documentTablesOf(options.plan);
  if (tables.length === 0) return null;
  const { rows } = await options.target.query(
    'SELECT FROM transfuse.documents WHERE run_id = $1 AND mapping = ANY ($2) LIMIT 1',
    [options.runId, tables.map(({ mapping }) => mapping)],
  );
  return rows.length === 0 ? null : new DocumentsComparison(options, tables).run();
}

/** Where the rows of documents are, by what the profile says of them. */
function documentTablesOf({ profile, source, options, mappings }: Plan): DocumentTable[] {
  return (profile.documents?.(source, options) ?? []).flatMap(({ mapping: id, columns }) => {
    const planned = mappings.find(({ mapping }) => mapping.id === id);
    const [key] = (planned && targetKeyOf(planned.mapping, rowKeyColumns(planned.table))) ?? [];
    if (!planned || !key) return [];
    const { schema, table } = planned.mapping.target;
    return [{ mapping: id, schema, table, idColumn: key.target.name, columns }];
  });
}

class DocumentsComparison {
  readonly #options: VerifyDocumentsOptions;
  readonly #tables: readonly DocumentTable[];
  readonly #result: DocumentsVerification;

  constructor(options: VerifyDocumentsOptions, tables: readonly DocumentTable[]) {
    this.#options = options;
    this.#tables = tables;
    this.#result = {
      objects: 0,
      bytes: 0,
      isDeep: options.isDeep,
      outcomes: [],
      strays: 0,
      faults: {},
      named: [],
      notCompared: null,
    };
  }

  async run(): Promise<DocumentsVerification> {
    const { target, runId, storage, store, plan } = this.#options;
    this.#result.outcomes = (await countDocuments(target, runId)).map(({ outcome, documents }) => ({
      outcome,
      documents,
    }));
    for (const table of this.#tables) await this.#compareRows(table);
    const elsewhere = await countElsewhere(target, runId, storage?.bucket ?? null);
    if (elsewhere > 0)
      this.#result.notCompared = storage
        ? `${elsewhere} objects are in another bucket than GCS_BUCKET names`
        : 'GCS_BUCKET is not set';
    if (storage && store)
      await this.#compareObjects(store, storage, documentPrefix(storage, plan.source.database));
    return this.#result;
  }

  #fault(fault: DocumentFault, name: string): void {
    this.#result.faults[fault] = (this.#result.faults[fault] ?? 0) + 1;
    if (this.#result.named.length < MAX_NAMED) this.#result.named.push({ fault, name });
  }

  async #compareRows(table: DocumentTable): Promise<void> {
    const { target, runId } = this.#options;
    for (const { id, fault } of await rowFaults(target, runId, table, MAX_ROW_FAULTS)) this.#fault(fault, id);
  }

  /** Both in the order of their names. */
  async #compareObjects(store: ObjectStore, { bucket }: StorageSettings, prefix: string): Promise<void> {
    const { target, runId, signal } = this.#options;
    let after = '';
    const compare = async (listed: readonly ListedObject[], last: string | null): Promise<void> => {
      const there = new Map(listed.map((object) => [object.name, object]));
      for (let from = after; ;) {
        signal.throwIfAborted();
        const page = { bucket, after: from, last, limit: MAX_OBJECTS_PER_PAGE };
        const known = await objectsOfDocuments(target, runId, page);
        for (const object of known) {
          await this.#compareObject(store, object, there.get(object.name));
          there.delete(object.name);
        }
        if (known.length < MAX_OBJECTS_PER_PAGE) break;
        from = known.at(-1)!.name;
      }
      for (const { name, generation } of there.values())
        if (name.startsWith(prefix) && !(await isOfDocument(target, runId, { name, generation })))
          this.#result.strays++;
    };
    for await (const page of store.list(prefix)) {
      const last = page.at(-1)?.name;
      if (last === undefined) continue;
      await compare(page, last);
      after = last;
    }
    await compare([], null);
  }

  async #compareObject(
    store: ObjectStore,
    object: ObjectOfDocuments,
    listed: ListedObject | undefined,
  ): Promise<void> {
    const { target, runId, isDeep, onObjects } = this.#options;
    const fault = faultOf(object, listed) === null ? null : faultOf(object, await store.find(object.name));
    if (fault !== null) {
      if (await isOfDocument(target, runId, object)) this.#fault(fault, object.name);
      return;
    }
    this.#result.objects++;
    this.#result.bytes += object.sizeBytes;
    if (isDeep && !(await this.#hasContent(store, object))) this.#fault('content_differs', object.name);
    onObjects(1, object.sizeBytes);
  }

  async #hasContent(store: ObjectStore, object: ObjectOfDocuments): Promise<boolean> {
    const hash = createHash('sha256');
    try {
      for await (const piece of store.pieces(object)) hash.update(piece);
    } catch (error) {
      // Removed or replaced since it was listed, which only a sync may do.
      const isGone = error instanceof TransfuseError && error.code === 'STORAGE_OBJECT_MISSING';
      if (!isGone) throw error;
      return !(await isOfDocument(this.#options.target, this.#options.runId, object));
    }
    return hash.digest('hex') === object.sha256;
  }
}

type Found = Pick<ListedObject, 'generation' | 'size' | 'crc32c'>;

function faultOf(object: ObjectOfDocuments, found: Found | null | undefined): DocumentFault | null {
  if (!found) return 'object_missing';
  if (found.generation !== object.generation) return 'object_replaced';
  return found.size === object.sizeBytes && found.crc32c === object.crc32c ? null : 'object_differs';
}

export function documentDifferences(documents: DocumentsVerification | null): number {
  return Object.entries(documents?.faults ?? {})
    .filter(([fault]) => fault !== 'not_looked_for')
    .reduce((sum, [, count]) => sum + count, 0);
}
