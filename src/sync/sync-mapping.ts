/** What applying needs to know of a mapping beyond how its rows are encoded: which target row a source row is. */
import { TransfuseError } from '../core/errors.ts';
import { compileMapping } from '../mapping/compile.ts';
import type { CompiledMapping } from '../mapping/compiled-mapping.ts';
import type { ColumnMapping, Mapping } from '../mapping/mapping.ts';
import type { PlannedMapping } from '../mapping/plan.ts';
import { rowKeyOf, targetKeyOf } from '../mapping/target-key.ts';
import type { ValuePolicies } from '../mapping/types/codec.ts';
import type { SourceColumn, SourceTable } from '../mysql/catalog-model.ts';
import { rowKeyColumns } from '../mysql/row-key.ts';

export interface SyncMapping {
  planned: PlannedMapping;
  /** Source columns that tell the rows apart. */
  sourceKey: SourceColumn[];
  /** Target columns that are functions of the source key alone, and together differ where it does. */
  targetKey: string[];
  /** Target columns that tell the rows of the table apart: those of targetKey, unless a source row has a set of rows. */
  rowKey: string[];
  /** A source row has a set of rows, which are replaced together. */
  isSet: boolean;
  /** The source columns of a before image, in the order in which its payload has their values: the key's first. */
  beforeColumns: SourceColumn[];
  /** Encodes a before image's payload to the target key, as a COPY tuple of the columns of targetKey. */
  key: CompiledMapping;
  /** Where the columns of targetKey are in the encoded row. */
  keyPositions: number[];
}

export interface SyncMappingOptions {
  policies: ValuePolicies;
  /** Columns that must come with a before image, for the cascades of foreign keys that reference them. */
  alsoBefore?: readonly string[];
}

/**
 * Throws SYNC_IMPOSSIBLE for a table without a primary or non-null unique key, and for a mapping whose target rows cannot be
 * found by the source's key: both can be loaded but not synced.
 */
export function syncMapping(planned: PlannedMapping, options: SyncMappingOptions): SyncMapping {
  const { mapping, table, compiled } = planned;
  const names = rowKeyColumns(table);
  if (names.length === 0) {
    throw impossible(
      planned,
      'it has no primary key, and no unique key without NULLs',
      `Give the source table ${table.name} a primary key; then bin/schema, the SQL that it prints, bin/schema again, bin/bulk --tables ${table.name} --replace, and bin/sync. Or load everything but it into an empty database: bin/bulk --tables with the others.`,
    );
  }
  const targetKey = targetKeyOf(mapping, names);
  if (targetKey === null) {
    throw impossible(
      planned,
      `the target table ${mapping.target.schema}.${mapping.target.table} has no columns that carry its key (${names.join(', ')}) and cannot be NULL`,
      mapping.shape === 'rows'
        ? `Let the columns that the mapping ${mapping.id} names as owner be made of the key alone, and of all of it.`
        : `Let the mapping ${mapping.id} write the key's columns as they are, or one uuid made of exactly them; for dates in a key set ZERO_DATE_POLICY=reject.`,
    );
  }
  const extra = (options.alsoBefore ?? []).filter((name) => !names.includes(name));
  const key = compileMapping(keyMapping(mapping, targetKey, extra), table, options.policies);
  const byName = new Map(table.columns.map((column) => [column.name, column]));
  return {
    planned,
    sourceKey: names.map((name) => byName.get(name)!),
    targetKey: targetKey.map((column) => column.target.name),
    rowKey: rowKeyOf(mapping, names)!,
    isSet: mapping.shape === 'rows',
    beforeColumns: key.sourceColumns,
    key,
    keyPositions: targetKey.map((column) => compiled.targetColumns.indexOf(column.target.name)),
  };
}

function keyMapping(mapping: Mapping, columns: ColumnMapping[], extra: string[]): Mapping {
  const { where: _, ...whole } = mapping;
  const rest: Mapping = whole.shape === 'rows' ? { ...whole, shape: 'query' } : whole;
  if (extra.length === 0) return { ...rest, columns };
  // The encoder passes over what a filter reads: so the further columns are known to be there.
  const where = { inputs: extra, description: 'all rows', accepts: () => true };
  return { ...rest, columns, where };
}

function impossible(planned: PlannedMapping, reason: string, fix: string): TransfuseError {
  const table: SourceTable = planned.table;
  return new TransfuseError(
    'SYNC_IMPOSSIBLE',
    `The table ${table.name} can be loaded but not synced: ${reason}.`,
    { where: { mapping: planned.mapping.id, table: table.name }, fix },
  );
}
