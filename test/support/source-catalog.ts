/** Source catalogs as literals: every field has a harmless value, a test names those that it is about. */
import type {
  SourceCatalog,
  SourceColumn,
  SourceForeignKey,
  SourceIndex,
  SourceIndexPart,
  SourceTable,
} from '../../src/mysql/catalog-model.ts';
import type { MirrorSchemaOptions } from '../../src/profiles/mirror/ddl/context.ts';

export function sourceCatalog(tables: SourceTable[], overrides: Partial<SourceCatalog> = {}): SourceCatalog {
  return {
    database: 'clinic',
    flavor: 'mariadb',
    tables,
    others: { views: [], routines: [], triggers: [], events: [], sequences: [] },
    ...overrides,
  };
}

export function sourceTable(
  name: string,
  columns: SourceColumn[],
  overrides: Partial<SourceTable> = {},
): SourceTable {
  return {
    name,
    engine: 'InnoDB',
    comment: '',
    collation: 'utf8mb4_bin',
    rowEstimate: 0,
    dataBytes: 0,
    partitioned: false,
    nextAutoIncrement: null,
    columns,
    indexes: [],
    foreignKeys: [],
    checks: [],
    ...overrides,
  };
}

/** `type` is the whole type, such as `int(10) unsigned`; the rest of the column's facts is derived from it. */
export function sourceColumn(
  name: string,
  type: string,
  overrides: Partial<SourceColumn> = {},
): SourceColumn {
  const [, dataType = type, inBrackets = null] = /^(\w+)(?:\((.*?)\))?/s.exec(type) ?? [];
  const numbers = (inBrackets ?? '').split(',').map(Number);
  const isText = /^(char|varchar|\w*text|enum|set)$/.test(dataType);
  const isTimed = /^(datetime|timestamp|time)$/.test(dataType);
  const isExact = /^(decimal|numeric)$/.test(dataType);
  const isMembers = dataType === 'enum' || dataType === 'set';
  return {
    name,
    dataType,
    columnType: type,
    unsigned: /unsigned/.test(type),
    length: isTimed || isExact || isMembers || inBrackets === null ? null : numbers[0]!,
    precision: isExact ? (numbers[0] ?? 10) : null,
    scale: isExact ? (numbers[1] ?? 0) : null,
    fractionalDigits: isTimed && inBrackets !== null ? numbers[0]! : 0,
    charset: isText ? 'utf8mb4' : null,
    collation: isText ? 'utf8mb4_0900_bin' : null,
    nullable: true,
    default: null,
    onUpdateCurrentTimestamp: false,
    autoIncrement: false,
    generated: null,
    members: isMembers ? membersOf(inBrackets ?? '') : null,
    srid: null,
    json: dataType === 'json',
    invisible: false,
    comment: '',
    ...overrides,
  };
}

function membersOf(list: string): string[] {
  return [...list.matchAll(/'((?:[^']|'')*)'/g)].map((match) => match[1]!.replaceAll("''", "'"));
}

/** A part is a column's name, or a part with what is particular about it. */
export function sourceIndex(
  name: string,
  parts: (string | Partial<SourceIndexPart>)[],
  overrides: Partial<SourceIndex> = {},
): SourceIndex {
  return {
    name,
    unique: name === 'PRIMARY',
    kind: 'btree',
    visible: true,
    comment: '',
    parts: parts.map((part) => ({
      column: null,
      expression: null,
      prefixLength: null,
      descending: false,
      ...(typeof part === 'string' ? { column: part } : part),
    })),
    ...overrides,
  };
}

export function sourceForeignKey(
  name: string,
  columns: string[],
  referencedTable: string,
  referencedColumns: string[],
  overrides: Partial<SourceForeignKey> = {},
): SourceForeignKey {
  return {
    name,
    columns,
    referencedDatabase: 'clinic',
    referencedTable,
    referencedColumns,
    onDelete: 'NO ACTION',
    onUpdate: 'NO ACTION',
    ...overrides,
  };
}

export function mirrorOptions(overrides: Partial<MirrorSchemaOptions> = {}): MirrorSchemaOptions {
  return {
    policies: { zeroDate: 'null', nul: 'reject', tinyint1: 'smallint' },
    identifierCase: 'lower',
    targetSchema: 'public',
    extensions: { postgis: false, pgvector: false },
    timeZone: null,
    cutoverDate: null,
    orphans: 'reject',
    ...overrides,
  };
}
