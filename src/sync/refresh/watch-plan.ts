/** Which changes of the source touch rows of query mappings, and by which columns it is told. */
import { TransfuseError } from '../../core/errors.ts';
import type { SourceColumn, SourceTable } from '../../mysql/catalog-model.ts';
import { KEY_ITSELF } from '../../ledger/touched-rows.ts';
import type { SyncMapping } from '../sync-mapping.ts';

export interface PlannedWatch {
  mapping: SyncMapping;
  /** As the ledger names it: the place among the mapping's watches, or KEY_ITSELF. */
  watch: number;
  /** The table that is watched, and its columns that are kept of a changed row. */
  table: string;
  inputs: SourceColumn[];
  /** It is the mapping's own table, by its key. */
  isOwn: boolean;
  /** What it reads of the table are the inputs. */
  keysOnly: boolean;
  leavesOnly: boolean;
}

/** What can be kept as text and written back as a literal, and is found by an index. */
const USABLE = new Set(['tinyint', 'smallint', 'mediumint', 'int', 'bigint', 'char', 'varchar']);
/** So too, but no index finds it: beside one that is found. */
const TEXTS = new Set(['tinytext', 'text', 'mediumtext', 'longtext']);

/**
 * The watches of all query mappings; their own tables are watched by their keys. Throws SYNC_IMPOSSIBLE where a column that tells of
 * touched rows is neither a whole number nor a text, or all of them are long texts.
 */
export function planWatches(mappings: readonly SyncMapping[]): PlannedWatch[] {
  return mappings.flatMap((mapping): PlannedWatch[] => {
    const { mapping: declared, table } = mapping.planned;
    if (declared.shape === 'row') return [];
    const itself = {
      mapping,
      watch: KEY_ITSELF,
      table: table.name,
      inputs: mapping.sourceKey,
      isOwn: true,
      keysOnly: false,
      leavesOnly: false,
    };
    const others = declared.query.watches.map((watch, index): PlannedWatch => {
      const inputs = watch.inputs.map((name) => columnBeside(table, watch.table, name));
      if (watch.keys === null && inputs.length !== mapping.sourceKey.length) {
        throw impossible(
          mapping,
          `its watch of ${watch.table} names ${inputs.length} columns as the key, which has ${mapping.sourceKey.length}`,
        );
      }
      return {
        mapping,
        watch: watch.keys === null ? KEY_ITSELF : index,
        table: watch.table,
        inputs,
        isOwn: false,
        keysOnly: watch.keysOnly === true,
        leavesOnly: watch.leavesOnly === true,
      };
    });
    const all = [itself, ...others];
    for (const { table: watched, inputs } of all) {
      const isFound = inputs.some(({ dataType }) => USABLE.has(dataType));
      const unusable = inputs.find(
        ({ dataType }) => !USABLE.has(dataType) && !(isFound && TEXTS.has(dataType)),
      );
      if (unusable)
        throw impossible(
          mapping,
          `${watched}.${unusable.name}, of type ${unusable.columnType}, cannot tell which rows are touched`,
        );
    }
    return all;
  });
}

function columnBeside(table: SourceTable, name: string, column: string): SourceColumn {
  return table.beside![name]!.find((one) => one.name === column)!;
}

function impossible({ planned }: SyncMapping, reason: string): TransfuseError {
  return new TransfuseError(
    'SYNC_IMPOSSIBLE',
    `The mapping ${planned.mapping.id} can be loaded but not synced: ${reason}.`,
    {
      where: { mapping: planned.mapping.id, table: planned.table.name },
      fix: 'Change the watches of the mapping, or leave its table out with --tables.',
    },
  );
}
