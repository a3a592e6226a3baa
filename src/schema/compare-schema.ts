import type { TargetCatalog, TargetTable } from '../postgres/catalog-model.ts';
import type { SchemaObject, SchemaPlan } from '../postgres/schema-plan.ts';
import { compareColumns } from './compare-columns.ts';
import { mendObject } from './mend-object.ts';
import { normalizeSql } from './normalize-sql.ts';
import type { SchemaDifference } from './schema-difference.ts';

/** Names of objects that are meant to be absent for now, such as those that a bulk load has saved and dropped. */
export interface LeftAlone {
  table: string;
  name: string;
}

export interface CompareOptions {
  leaveAlone?: readonly LeftAlone[];
}

/**
 * Everything that the plan wants and the target does not have, or has otherwise, in the plan's order. Objects of the
 * target that the plan does not know are no difference, but for columns of its tables. Pure.
 */
export function compareSchema(
  plan: SchemaPlan,
  catalog: TargetCatalog,
  options: CompareOptions = {},
): SchemaDifference[] {
  const target = indexCatalog(catalog);
  const leftAlone = new Set(options.leaveAlone?.map(({ table, name }) => keyOf(table, name)));
  return plan.objects.flatMap((object) => {
    if (object.table !== null && leftAlone.has(keyOf(object.table, leftAloneName(object)))) return [];
    return compareObject(object, target);
  });
}

interface IndexedCatalog {
  schemaExists: boolean;
  tables: Map<string, TargetTable>;
  sequences: Set<string>;
  functions: Map<string, string>;
}

function indexCatalog(catalog: TargetCatalog): IndexedCatalog {
  return {
    schemaExists: catalog.schemaExists,
    tables: new Map(catalog.tables.map((table) => [table.name, table])),
    sequences: new Set(catalog.sequences),
    functions: new Map(catalog.functions.map((fn) => [fn.name, fn.source])),
  };
}

function keyOf(table: string, name: string): string {
  return `${table}\0${name}`;
}

/** An index that is left alone takes its comment with it. */
function leftAloneName(object: SchemaObject): string {
  return object.kind === 'comment' && object.on.kind !== 'index' ? '' : object.name;
}

function compareObject(object: SchemaObject, target: IndexedCatalog): SchemaDifference[] {
  const table = object.table === null ? undefined : target.tables.get(object.table);
  switch (object.kind) {
    case 'schema':
      return target.schemaExists ? [] : [missing(object)];
    case 'sequence':
    // The tie is made with the sequence and goes with it.
    // oxlint-disable-next-line no-fallthrough
    case 'sequence-owner':
      return target.sequences.has(object.name) ? [] : [missing(object)];
    case 'table':
      return table === undefined ? [missing(object)] : compareColumns(object, table);
    case 'function':
      return compareText(object, object.source, target.functions.get(object.name), (text) => text.trim());
    case 'trigger':
      return compareText(
        object,
        object.definition,
        find(table?.triggers, object.name)?.definition,
        normalizeSql,
      );
    case 'index':
      return compareIndex(object, table);
    case 'comment':
      return compareComment(object, table && commentOf(object, table));
    default: {
      const found = find(table?.constraints, object.name)?.definition.replace(/ NOT VALID$/, '');
      return compareText(object, object.definition, found, normalizeSql);
    }
  }
}

function compareIndex(
  object: SchemaObject & { kind: 'index' },
  table: TargetTable | undefined,
): SchemaDifference[] {
  const found = find(table?.indexes, object.name);
  if (found !== undefined && !found.valid)
    return [differs(object, object.definition, `${found.definition} (invalid)`)];
  return compareText(object, object.definition, found?.definition, normalizeSql);
}

function commentOf(object: SchemaObject & { kind: 'comment' }, table: TargetTable): string | undefined {
  const { on } = object;
  if (on.kind === 'table') return table.comment ?? undefined;
  const owner =
    on.kind === 'column'
      ? find(table.columns, on.name)
      : (find(table.indexes, on.name) ?? find(table.constraints, on.name));
  return owner?.comment ?? undefined;
}

/** What a comment says is not repeated: it may speak of a patient. */
function compareComment(
  object: SchemaObject & { kind: 'comment' },
  found: string | undefined,
): SchemaDifference[] {
  if (found === undefined) return [missing(object)];
  return found === object.text ? [] : [differs(object, 'the comment of the source', 'another comment')];
}

function find<T extends { name: string }>(list: readonly T[] | undefined, name: string): T | undefined {
  return list?.find((item) => item.name === name);
}

function compareText(
  object: SchemaObject,
  expected: string,
  found: string | undefined,
  normalize: (text: string) => string,
): SchemaDifference[] {
  if (found === undefined) return [missing(object)];
  return normalize(found) === normalize(expected) ? [] : [differs(object, expected, found)];
}

function missing(object: SchemaObject): SchemaDifference {
  const { kind, table, name } = object;
  return { status: 'missing', kind, table, name, expected: object.sql, found: null, mend: [], object };
}

function differs(object: SchemaObject, expected: string, found: string): SchemaDifference {
  const { kind, table, name } = object;
  return { status: 'differs', kind, table, name, expected, found, mend: mendObject(object), object };
}
