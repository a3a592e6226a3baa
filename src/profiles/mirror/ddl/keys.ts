/** Primary keys, unique keys and indexes. */
import type { SourceIndex, SourceIndexPart } from '../../../mysql/catalog-model.ts';
import { qualified, quoteIdentifier } from '../../../postgres/identifiers.ts';
import type { SchemaObject } from '../../../postgres/schema-plan.ts';
import type { MirrorColumn, MirrorTable } from '../tables.ts';
import { translateIndexExpression } from './check-translation.ts';
import type { DdlContext } from './context.ts';
import { fulltextIndexMethod } from './fulltext.ts';
import { comparisonOf } from './text-comparison.ts';
import { translatableColumns } from './translatable-columns.ts';

/** An index of the source with the object that it became. */
export interface IndexObject {
  source: SourceIndex;
  object: SchemaObject & { kind: 'primary-key' | 'unique' | 'index' };
}

/** Keys first, so that other indexes and foreign keys find them. What cannot be is noted and left out. */
export function keyObjects(context: DdlContext, table: MirrorTable): IndexObject[] {
  const rank = (index: SourceIndex): number => (index.name === 'PRIMARY' ? 0 : index.unique ? 1 : 2);
  return [...table.source.indexes]
    .sort((a, b) => rank(a) - rank(b))
    .flatMap((index) => {
      const object = keyObject(context, table, index);
      return object === null ? [] : [{ source: index, object }];
    });
}

function keyObject(
  context: DdlContext,
  table: MirrorTable,
  index: SourceIndex,
): IndexObject['object'] | null {
  const note = (text: string): void => context.note(table.source.name, `index ${index.name}`, text);
  const schema = context.options.targetSchema;
  const base = { schema, table: table.name };
  if (index.unique) noteWeakerComparison(table, index, note);
  if (!index.visible) note('Is invisible to the optimizer of the source; PostgreSQL will use it.');
  const isPrimary = index.name === 'PRIMARY';
  const plain = plainColumns(table, index);
  if (plain !== null && (isPrimary || index.unique)) {
    const kind = isPrimary ? 'primary-key' : 'unique';
    const name = context.names.claim(isPrimary ? `${table.name}_pkey` : `${table.name}_${index.name}_key`);
    const definition = `${isPrimary ? 'PRIMARY KEY' : 'UNIQUE'} (${plain.map(quoteIdentifier).join(', ')})`;
    const sql = `ALTER TABLE ${qualified(schema, table.name)} ADD CONSTRAINT ${quoteIdentifier(name)} ${definition}`;
    return { ...base, kind, name, sql, definition };
  }
  if (isPrimary)
    note('Becomes a unique index: a primary key of PostgreSQL cannot be on the beginning of a value.');
  const method = indexMethod(context, table, index, note);
  if (method === null) return null;
  const suffix = index.unique ? 'key' : 'idx';
  const name = context.names.claim(
    isPrimary ? `${table.name}_pkey` : `${table.name}_${index.name}_${suffix}`,
  );
  const unique = index.unique ? 'UNIQUE ' : '';
  const sql = `CREATE ${unique}INDEX ${quoteIdentifier(name)} ON ${qualified(schema, table.name)} USING ${method}`;
  return { ...base, kind: 'index', name, sql, definition: sql, unique: index.unique };
}

/** The columns of a key that a constraint can hold: whole values, ascending. Null where it takes an index. */
function plainColumns(table: MirrorTable, index: SourceIndex): string[] | null {
  const names: string[] = [];
  for (const part of index.parts) {
    const column = columnOf(table, part);
    // A primary key keeps its columns; in which direction it is sorted is no part of what it promises.
    const descends = part.descending && index.name !== 'PRIMARY';
    if (column === null || descends || isPrefix(part, column)) return null;
    names.push(column.name);
  }
  return names;
}

function indexMethod(
  context: DdlContext,
  table: MirrorTable,
  index: SourceIndex,
  note: (text: string) => void,
): string | null {
  if (index.kind === 'fulltext') return fulltextIndexMethod(table, index, note);
  if (index.kind === 'spatial') {
    const columns = index.parts.map((part) => columnOf(table, part));
    if (context.options.extensions.postgis && columns.every((column) => column !== null)) {
      return `gist (${columns.map((column) => quoteIdentifier(column.name)).join(', ')})`;
    }
    note('Is not created: a spatial index needs PostGIS in the target.');
    return null;
  }
  const parts = index.parts.map((part) => partSql(table, part, note));
  return parts.every((part) => part !== null) ? `btree (${parts.join(', ')})` : null;
}

function partSql(table: MirrorTable, part: SourceIndexPart, note: (text: string) => void): string | null {
  const direction = part.descending ? ' DESC' : '';
  const column = columnOf(table, part);
  if (column === null) {
    const translation = translateIndexExpression(part.expression ?? '', translatableColumns(table));
    if ('sql' in translation) return `(${translation.sql})${direction}`;
    note(`Is not created: its expression has no safe translation: ${translation.reason}.`);
    return null;
  }
  const name = quoteIdentifier(column.name);
  if (column.type === 'geometry') {
    note('Is not created: it sorts shapes, which has no meaning in PostGIS.');
    return null;
  }
  if (!isPrefix(part, column)) return `${name}${direction}`;
  if (column.type === 'text' || column.type.startsWith('character varying')) {
    return `"left"(${name}, ${part.prefixLength})${direction}`;
  }
  if (column.type === 'bytea') return `"substring"(${name}, 1, ${part.prefixLength})${direction}`;
  note(`Is not created: the beginning of a value of type ${column.type} cannot be indexed.`);
  return null;
}

function columnOf(table: MirrorTable, part: SourceIndexPart): MirrorColumn | null {
  if (part.column === null) return null;
  return table.columns.find((column) => column.source.name === part.column) ?? null;
}

function isPrefix(part: SourceIndexPart, column: MirrorColumn): boolean {
  return (
    part.prefixLength !== null &&
    !(column.source.length !== null && part.prefixLength >= column.source.length)
  );
}

function noteWeakerComparison(table: MirrorTable, index: SourceIndex, note: (text: string) => void): void {
  const loose = index.parts
    .map((part) => columnOf(table, part))
    .filter((column) => column !== null && isLoose(column))
    .map((column) => column!.source.name);
  if (loose.length === 0) return;
  note(
    `Is weaker: the source took values of ${loose.join(', ')} that differ only in case, accents or trailing spaces ` +
      'for equal; PostgreSQL takes them for different.',
  );
}

/** True for text that the source compares by more than its characters. */
export function isLoose(column: MirrorColumn): boolean {
  if (column.type !== 'text' && !column.type.startsWith('character varying')) return false;
  const comparison = comparisonOf(column.source.collation);
  return comparison.foldsCase || comparison.ignoresTrailingSpaces;
}
