/** What the source says now: which rows a touch means, and those rows as the mapping's query gives them. */
import { RowSource } from '../../../streams/row-source.ts';
import { rowPayloads } from '../../../streams/row-payloads.ts';
import { splitRow } from '../../mapping/careful-encoder.ts';
import { queryOf } from '../../mapping/mapping.ts';
import { selectFrom } from '../../mapping/select-statement.ts';
import { quoteSourceIdentifier, quoteSourceString } from '../../mysql/identifiers.ts';
import type { SourceColumn } from '../../mysql/catalog-model.ts';
import type { SourceConnection } from '../../mysql/connection.ts';
import type { ChangeBatch } from '../change-batch.ts';
import { CHANGE } from '../change-log.ts';
import { selectFromRow, textRow } from '../row-image.ts';
import type { SyncMapping } from '../sync-mapping.ts';

type Texts = readonly (string | null)[];

/** The keys that the values of a watch's inputs stand for, as the ledger keeps them. Streamed: there may be a million. */
export async function* touchedKeys(
  source: SourceConnection,
  { planned, sourceKey }: SyncMapping,
  watch: number,
  inputs: readonly SourceColumn[],
  values: Texts,
): AsyncGenerator<string> {
  const { watches } = queryOf(planned.mapping)!;
  const parts = watches[watch]!.keys!.split('?');
  const sql = parts
    .map((part, i) => (i === 0 ? part : literal(inputs[i - 1]!, values[i - 1]!) + part))
    .join('');
  const { table } = watches[watch]!;
  for await (const payload of rowPayloads(new RowSource({ source, sql, table })))
    yield JSON.stringify(splitRow(payload, 0, sourceKey.length).map(textOf));
}

/**
 * Adds to the batch what the source has under each of the keys: the row as it is now, or that there is none. Returns the keys under
 * which the target is to have nothing.
 */
export async function addRowsNow(
  source: SourceConnection,
  mapping: SyncMapping,
  keys: readonly string[],
  batch: ChangeBatch,
): Promise<string[]> {
  const gone: string[] = [];
  const { planned, sourceKey, beforeColumns } = mapping;
  const wanted = new Map(keys.map((key) => [key, JSON.parse(key) as Texts]));
  const condition = [...wanted.values()].map((values) => keyCondition(sourceKey, values)).join(' OR ');
  const rows = new RowSource({ source, sql: selectFrom(planned, condition), table: planned.table.name });
  for await (const payload of rowPayloads(rows)) {
    const image = { buffer: payload, start: 0, end: payload.length };
    batch.upsert(mapping, null, image);
    const key = selectFromRow(image, planned.compiled.sourceColumns, beforeColumns);
    const texts = splitRow(key.buffer, 0, beforeColumns.length).map(textOf);
    const found = JSON.stringify(
      sourceKey.map(({ name }) => texts[beforeColumns.findIndex((one) => one.name === name)]),
    );
    wanted.delete(found);
    if (batch.log.kind(batch.log.length - 1) !== CHANGE.upsert) gone.push(found);
  }
  for (const [wantedKey, values] of wanted) {
    gone.push(wantedKey);
    const ordered = beforeColumns.map(
      ({ name }) => values[sourceKey.findIndex((one) => one.name === name)] ?? null,
    );
    batch.delete(mapping, textRow(ordered));
  }
  return gone;
}

function keyCondition(key: readonly SourceColumn[], values: Texts): string {
  const terms = key.map(
    (column, i) => `${quoteSourceIdentifier(column.name)} = ${literal(column, values[i]!)}`,
  );
  return `(${terms.join(' AND ')})`;
}

const WHOLE = /^-?\d+$/;

function literal({ dataType }: SourceColumn, value: string | null): string {
  if (value === null) return 'NULL';
  return dataType.endsWith('int') && WHOLE.test(value) ? value : quoteSourceString(value);
}

function textOf(value: Buffer | null): string | null {
  return value && value.toString('utf8');
}
