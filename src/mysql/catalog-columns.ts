import type { SourceColumn } from './catalog-model.ts';
import { groupBy, type CatalogScope } from './catalog-scope.ts';
import { parseColumnDefault } from './column-default.ts';
import { parseMembers, unescapeExpression } from './sql-literals.ts';

interface ColumnRow {
  tableName: string;
  name: string;
  position: number | string;
  columnDefault: string | null;
  nullable: string;
  dataType: string;
  columnType: string;
  characters: number | string | null;
  precision: number | string | null;
  scale: number | string | null;
  fraction: number | string | null;
  charset: string | null;
  collation: string | null;
  extra: string;
  expression: string | null;
  comment: string;
  srid: number | string | null;
}

const TEXT_OR_BINARY = /^(?:var)?(?:char|binary)$|^(?:tiny|medium|long)?(?:text|blob)$/;

/** Columns by table, in their order. */
export async function readColumns(scope: CatalogScope): Promise<Map<string, SourceColumn[]>> {
  const rows = await scope.query<ColumnRow>(
    `SELECT TABLE_NAME AS tableName, COLUMN_NAME AS name, ORDINAL_POSITION AS position, ` +
      `COLUMN_DEFAULT AS columnDefault, IS_NULLABLE AS nullable, DATA_TYPE AS dataType, COLUMN_TYPE AS columnType, ` +
      `CHARACTER_MAXIMUM_LENGTH AS characters, NUMERIC_PRECISION AS \`precision\`, NUMERIC_SCALE AS scale, ` +
      `DATETIME_PRECISION AS fraction, CHARACTER_SET_NAME AS charset, COLLATION_NAME AS collation, EXTRA AS extra, ` +
      `GENERATION_EXPRESSION AS expression, COLUMN_COMMENT AS comment, ` +
      `${scope.has('COLUMNS', 'SRS_ID') ? 'SRS_ID' : 'NULL'} AS srid ` +
      `FROM information_schema.COLUMNS WHERE ${scope.isDatabase('TABLE_SCHEMA')}`,
  );
  const tables = groupBy(rows, ({ tableName }) => tableName);
  const result = new Map<string, SourceColumn[]>();
  for (const [table, columns] of tables) {
    columns.sort((a, b) => Number(a.position) - Number(b.position));
    result.set(
      table,
      columns.map((row) => toColumn(row, scope)),
    );
  }
  return result;
}

function toColumn(row: ColumnRow, scope: CatalogScope): SourceColumn {
  const dataType = row.dataType.toLowerCase();
  const isMember = dataType === 'enum' || dataType === 'set';
  const decimal = dataType === 'decimal';
  const real = dataType === 'float' || dataType === 'double';
  return {
    name: row.name,
    dataType,
    columnType: row.columnType,
    unsigned: /^[a-z ]+(?:\([\d,]+\))? unsigned\b/i.test(row.columnType),
    length: lengthOf(row, dataType),
    precision: decimal || (real && row.scale !== null) ? numberOrNull(row.precision) : null,
    scale: decimal || real ? numberOrNull(row.scale) : null,
    fractionalDigits: Number(row.fraction ?? 0),
    charset: row.charset,
    collation: row.collation,
    nullable: row.nullable === 'YES',
    default: parseColumnDefault(
      { dataType, columnDefault: row.columnDefault, extra: row.extra },
      scope.source.server,
    ),
    onUpdateCurrentTimestamp: /\bon update current_timestamp/i.test(row.extra),
    autoIncrement: /\bauto_increment\b/i.test(row.extra),
    generated: generatedOf(row, scope),
    members: isMember ? parseMembers(row.columnType) : null,
    srid: numberOrNull(row.srid),
    json: dataType === 'json',
    invisible: /\binvisible\b/i.test(row.extra),
    comment: row.comment,
  };
}

function lengthOf(row: ColumnRow, dataType: string): number | null {
  if (TEXT_OR_BINARY.test(dataType)) return numberOrNull(row.characters);
  if (dataType === 'bit') return numberOrNull(row.precision);
  if (dataType === 'vector') return numberOrNull(/\((\d+)\)/.exec(row.columnType)?.[1] ?? null);
  return null;
}

function generatedOf({ extra, expression }: ColumnRow, { source }: CatalogScope): SourceColumn['generated'] {
  const kind = /\b(VIRTUAL|STORED|PERSISTENT) GENERATED\b/i.exec(extra)?.[1]?.toUpperCase();
  // The period columns of a system-versioned table hold data like any other.
  if (!kind || !expression || /^row (?:start|end)$/i.test(expression)) return null;
  const escaped = source.server.flavor === 'mysql' && source.server.versionNumber >= 8_00_00;
  return { expression: escaped ? unescapeExpression(expression) : expression, stored: kind !== 'VIRTUAL' };
}

function numberOrNull(value: number | string | null): number | null {
  return value === null ? null : Number(value);
}
