/** The shape of the mirrored tables: names, types and nullability, from which mappings and DDL are both made. */
import type { MappingOptions } from '../../mapping/mapping.ts';
import type { SourceCatalog, SourceColumn, SourceTable } from '../../mysql/catalog-model.ts';
import { collisionsOf, columnNameOf, refuseCollisions, tableNameOf } from './names.ts';
import { canBeZeroDate, refuseUnknownTypes, targetTypeOf } from './type-map.ts';

export interface MirrorTable {
  source: SourceTable;
  name: string;
  columns: MirrorColumn[];
}

export interface MirrorColumn {
  source: SourceColumn;
  name: string;
  type: string;
  nullable: boolean;
  inPrimaryKey: boolean;
  inForeignKey: boolean;
}

/**
 * Every table of the source as it will be in the target, in the source's order. Throws SOURCE_TYPE_UNKNOWN and
 * NAME_COLLISION, each with all that it found.
 */
export function mirrorTables(source: SourceCatalog, options: MappingOptions): MirrorTable[] {
  refuseUnknownTypes(source, options);
  const tables = source.tables.map((table) => mirrorTable(table, options));
  refuseCollisions([
    ...collisionsOf(
      'the tables',
      tables.map((table) => ({ source: table.source.name, target: table.name })),
    ),
    ...tables.flatMap((table) =>
      collisionsOf(
        `in the table ${table.source.name} the columns`,
        table.columns.map((column) => ({ source: column.source.name, target: column.name })),
      ),
    ),
  ]);
  return tables;
}

function mirrorTable(source: SourceTable, options: MappingOptions): MirrorTable {
  const primaryKey = source.indexes.find((index) => index.name === 'PRIMARY');
  const keyColumns = new Set(primaryKey?.parts.map((part) => part.column));
  const foreignKeyColumns = new Set(source.foreignKeys.flatMap((key) => key.columns));
  const columns = source.columns.map((column): MirrorColumn => {
    const inPrimaryKey = keyColumns.has(column.name);
    const zeroBecomesNull = options.policies.zeroDate === 'null' && canBeZeroDate(column) && !inPrimaryKey;
    return {
      source: column,
      name: columnNameOf(column.name, options.identifierCase),
      type: targetTypeOf(column, options),
      nullable: column.nullable || zeroBecomesNull,
      inPrimaryKey,
      inForeignKey: foreignKeyColumns.has(column.name),
    };
  });
  return { source, name: tableNameOf(source.name, options.identifierCase), columns };
}
