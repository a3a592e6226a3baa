/** A mapping whose rows stand for files: how its documents are found at the source, and where its rows are in the target. */
import { createHash } from 'node:crypto';
import { TransfuseError } from '../core/errors.ts';
import type { DocumentTable } from '../ledger/documents.ts';
import type { DocumentSource } from '../mapping/document-source.ts';
import type { Plan, PlannedMapping } from '../mapping/plan.ts';
import { entityNamespace, uuidV5Text } from '../mapping/types/uuid-v5.ts';
import type { SourceConnection } from '../mysql/connection.ts';
import { quoteSourceIdentifier as name } from '../mysql/identifiers.ts';
import { rowKeyColumns } from '../mysql/row-key.ts';
import type { DocumentTask } from './document-task.ts';

const WHOLE = /^-?\d+$/;

type Row = Readonly<Record<string, string | null>>;

/** Those of the plan. Throws PROFILE_UNKNOWN for a source of documents that does not fit its mapping. */
export function documentMappingsOf({ profile, source, options, mappings }: Plan): DocumentMapping[] {
  return (profile.documents?.(source, options) ?? []).flatMap((documents) => {
    const planned = mappings.find(({ mapping }) => mapping.id === documents.mapping);
    return planned ? [new DocumentMapping(planned, documents, profile.name)] : [];
  });
}

export class DocumentMapping {
  readonly documents: DocumentSource;
  readonly sourceTable: string;
  readonly keyColumn: string;
  readonly table: DocumentTable;
  readonly #namespace: Buffer;

  constructor({ mapping, table }: PlannedMapping, documents: DocumentSource, profileName: string) {
    const key = rowKeyColumns(table);
    const isWhole = table.columns.find((column) => column.name === key[0])?.dataType.endsWith('int');
    const id = mapping.columns.find(
      ({ value }) => value.kind === 'uuid' && value.inputs.length === 1 && value.inputs[0] === key[0],
    );
    if (key.length !== 1 || !isWhole || id?.value.kind !== 'uuid')
      throw new TransfuseError(
        'PROFILE_UNKNOWN',
        `The profile ${profileName} cannot be used: documents of ${mapping.id} need a source table with a whole number for its key, and a uuid that is made of it.`,
        { where: { profile: profileName, mapping: mapping.id } },
      );
    this.documents = documents;
    this.sourceTable = table.name;
    this.keyColumn = key[0]!;
    this.#namespace = entityNamespace(id.value.entity);
    const { schema, table: targetTable } = mapping.target;
    const { columns } = documents;
    this.table = { mapping: mapping.id, schema, table: targetTable, idColumn: id.target.name, columns };
  }

  targetIdOf(sourceKey: string): string {
    return uuidV5Text(this.#namespace, sourceKey);
  }

  /** The next ones by key; all of them where `after` is null. */
  async page(source: SourceConnection, after: string | null, limit: number): Promise<DocumentTask[]> {
    const where = after === null ? '' : `WHERE ${this.#key} > ${after}`;
    return this.#select(source, `${where} ORDER BY ${this.#key} LIMIT ${limit}`);
  }

  /** Those of these keys that the source has. */
  async withKeys(source: SourceConnection, keys: readonly string[]): Promise<DocumentTask[]> {
    if (keys.length === 0) return [];
    if (!keys.every((key) => WHOLE.test(key))) throw new RangeError('a key that is no whole number');
    return this.#select(source, `WHERE ${this.#key} IN (${keys.join(', ')})`);
  }

  /** With its table: the name alone is that of a text in the result. */
  get #key(): string {
    return `t.${name(this.keyColumn)}`;
  }

  async #select(source: SourceConnection, which: string): Promise<DocumentTask[]> {
    const { inputs, describe } = this.documents;
    const columns = [this.keyColumn, ...inputs].map(
      (column) => `CAST(t.${name(column)} AS CHAR) AS ${name(column)}`,
    );
    const rows = await source.query<Row>(
      `SELECT ${columns.join(', ')} FROM ${name(this.sourceTable)} AS t ${which}`,
    );
    const tasks = rows.map((row): DocumentTask => {
      const sourceKey = row[this.keyColumn]!;
      return {
        targetId: this.targetIdOf(sourceKey),
        sourceKey,
        signature: signatureOf(inputs.map((column) => row[column]!)),
        description: describe(row),
        rowContentSha256: null,
      };
    });
    await this.#addRowContents(source, tasks);
    return tasks;
  }

  /** A content in the row changes without anything else in it. */
  async #addRowContents(source: SourceConnection, tasks: readonly DocumentTask[]): Promise<void> {
    const byColumn = new Map<string, DocumentTask[]>();
    for (const task of tasks) {
      const { place } = task.description;
      if (place.kind === 'column') byColumn.set(place.column, [...(byColumn.get(place.column) ?? []), task]);
    }
    for (const [column, ofColumn] of byColumn) {
      const keys = ofColumn.map(({ sourceKey }) => sourceKey).join(', ');
      const rows = await source.query<{ source_key: string; hash: string | null }>(
        `SELECT CAST(${name(this.keyColumn)} AS CHAR) AS source_key, SHA2(CAST(${name(column)} AS BINARY), 256) AS hash
         FROM ${name(this.sourceTable)} WHERE ${name(this.keyColumn)} IN (${keys})`,
      );
      const hashes = new Map(rows.map(({ source_key, hash }) => [source_key, hash]));
      for (const task of ofColumn) {
        task.rowContentSha256 = hashes.get(task.sourceKey) ?? null;
        task.signature = signatureOf([task.signature, task.rowContentSha256]);
      }
    }
  }
}

function signatureOf(values: readonly (string | null)[]): string {
  return createHash('sha256').update(JSON.stringify(values)).digest('hex');
}
