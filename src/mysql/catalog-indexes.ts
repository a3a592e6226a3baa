import type { SourceIndex, SourceIndexPart } from './catalog-model.ts';
import { groupBy, type CatalogScope } from './catalog-scope.ts';
import { unescapeExpression } from './sql-literals.ts';

interface StatisticsRow {
  tableName: string;
  name: string;
  nonUnique: number | string;
  position: number | string;
  column: string | null;
  expression: string | null;
  direction: string | null;
  prefixLength: number | string | null;
  type: string;
  comment: string;
  visible: string;
}

/** Indexes by table, PRIMARY first. */
export async function readIndexes(scope: CatalogScope): Promise<Map<string, SourceIndex[]>> {
  const visible = scope.has('STATISTICS', 'IS_VISIBLE')
    ? 'IS_VISIBLE'
    : scope.has('STATISTICS', 'IGNORED')
      ? `IF(IGNORED = 'YES', 'NO', 'YES')`
      : `'YES'`;
  const rows = await scope.query<StatisticsRow>(
    `SELECT TABLE_NAME AS tableName, INDEX_NAME AS name, NON_UNIQUE AS nonUnique, SEQ_IN_INDEX AS position, ` +
      `COLUMN_NAME AS \`column\`, ${scope.has('STATISTICS', 'EXPRESSION') ? 'EXPRESSION' : 'NULL'} AS expression, ` +
      `COLLATION AS direction, SUB_PART AS prefixLength, INDEX_TYPE AS type, INDEX_COMMENT AS comment, ` +
      `${visible} AS visible FROM information_schema.STATISTICS WHERE ${scope.isDatabase('TABLE_SCHEMA')}`,
  );
  const result = new Map<string, SourceIndex[]>();
  for (const [table, parts] of groupBy(rows, ({ tableName }) => tableName)) {
    const indexes = [...groupBy(parts, ({ name }) => name).values()].map(toIndex);
    result.set(table, [...indexes.filter(isPrimary), ...indexes.filter((index) => !isPrimary(index))]);
  }
  return result;
}

function isPrimary({ name }: SourceIndex): boolean {
  return name === 'PRIMARY';
}

function toIndex(rows: StatisticsRow[]): SourceIndex {
  rows.sort((a, b) => Number(a.position) - Number(b.position));
  const first = rows[0] as StatisticsRow;
  const type = first.type.toUpperCase();
  const kind =
    type === 'FULLTEXT' ? 'fulltext' : type === 'SPATIAL' || type === 'RTREE' ? 'spatial' : 'btree';
  return {
    name: first.name,
    unique: Number(first.nonUnique) === 0,
    kind,
    ...(type === 'HASH' && { hashed: true }),
    visible: first.visible === 'YES',
    comment: first.comment,
    parts: rows.map((row) => toPart(row, kind)),
  };
}

function toPart(row: StatisticsRow, kind: SourceIndex['kind']): SourceIndexPart {
  return {
    column: row.column,
    expression: row.expression === null ? null : unescapeExpression(row.expression),
    // For spatial indexes the servers give the size of a bounding box here.
    prefixLength: row.prefixLength === null || kind !== 'btree' ? null : Number(row.prefixLength),
    descending: row.direction === 'D',
  };
}
