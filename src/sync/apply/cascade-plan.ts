/**
 * The source's foreign keys whose actions change rows that the binlog does not tell of. The children are found in the target
 * through the columns that carry the foreign key as it is.
 */
import { TransfuseError } from '../../core/errors.ts';
import type { ColumnMapping } from '../../mapping/mapping.ts';
import type { PlannedMapping } from '../../mapping/plan.ts';
import { plainColumn } from '../../mapping/target-key.ts';
import type { ReferentialAction, SourceColumn, SourceForeignKey } from '../../mysql/catalog-model.ts';

/** SET DEFAULT is not among them: InnoDB takes it for NO ACTION. */
export type CascadeAction = 'CASCADE' | 'SET NULL';

export interface Cascade {
  id: number;
  /** Indexes into the mappings. */
  parent: number;
  child: number;
  onDelete: CascadeAction | null;
  onUpdate: CascadeAction | null;
  /** The columns that are referenced, in the source and in the parent's target table. */
  referenced: SourceColumn[];
  referencedTarget: string[];
  /** The child's target columns that refer to them. */
  childColumns: ColumnMapping['target'][];
}

/** Throws SYNC_IMPOSSIBLE for a foreign key that cannot be followed in the target, and for one whose parent table is not synced. */
export function planCascades(mappings: readonly PlannedMapping[], database: string): Cascade[] {
  return mappings
    .flatMap((planned, child) =>
      planned.table.foreignKeys.flatMap((foreignKey) => {
        const onDelete = actionOf(foreignKey.onDelete);
        const onUpdate = actionOf(foreignKey.onUpdate);
        if (onDelete === null && onUpdate === null) return [];
        const parent = parentOf(mappings, foreignKey, database);
        if (parent < 0) {
          throw impossible(
            planned,
            foreignKey,
            `the table it references, ${foreignKey.referencedTable}, is not synced`,
          );
        }
        const ends = endsOf(planned, mappings[parent]!, foreignKey);
        return [{ id: 0, parent, child, onDelete, onUpdate, ...ends }];
      }),
    )
    .map((cascade, id) => ({ ...cascade, id }));
}

/** The columns of each mapping's table that cascades reference. */
export function referencedColumns(cascades: readonly Cascade[], mapping: number): string[] {
  const names = cascades
    .filter(({ parent }) => parent === mapping)
    .flatMap(({ referenced }) => referenced.map((column) => column.name));
  return [...new Set(names)];
}

/** The mappings whose rows a delete from `mapping` may take away or change, itself among them; null where there are none. */
export function reachOf(cascades: readonly Cascade[], mapping: number): ReadonlySet<number> | null {
  if (!cascades.some(({ parent, onDelete }) => parent === mapping && onDelete !== null)) return null;
  const reach = new Set([mapping]);
  for (const reached of reach) {
    for (const { parent, child } of cascades) if (parent === reached) reach.add(child);
  }
  return reach;
}

function actionOf(action: ReferentialAction): CascadeAction | null {
  return action === 'CASCADE' || action === 'SET NULL' ? action : null;
}

function parentOf(
  mappings: readonly PlannedMapping[],
  foreignKey: SourceForeignKey,
  database: string,
): number {
  if (foreignKey.referencedDatabase !== database) return -1;
  const named = (fold: (name: string) => string): number =>
    mappings.findIndex(({ table }) => fold(table.name) === fold(foreignKey.referencedTable));
  // Servers with lower_case_table_names=2 write the reference as it was typed.
  const exact = named((name) => name);
  return exact >= 0 ? exact : named((name) => name.toLowerCase());
}

function endsOf(child: PlannedMapping, parent: PlannedMapping, foreignKey: SourceForeignKey) {
  const childColumns = foreignKey.columns.map((name) => plainColumn(child.mapping, nameIn(child, name)));
  if (childColumns.some((column) => column === null)) {
    throw impossible(
      child,
      foreignKey,
      'the target table has no columns that carry the foreign key as it is',
    );
  }
  const names = foreignKey.referencedColumns.map((name) => nameIn(parent, name));
  const referenced = names.map((name) => parent.table.columns.find((column) => column.name === name)!);
  const carried = new Set(parent.compiled.sourceColumns.map((column) => column.name));
  const targets = names.map((name) => plainColumn(parent.mapping, name)?.target.name);
  if (names.some((name) => !carried.has(name)) || targets.includes(undefined)) {
    throw impossible(child, foreignKey, `the target of ${parent.table.name} lacks the columns it references`);
  }
  return {
    referenced,
    referencedTarget: targets as string[],
    childColumns: childColumns.map((column) => column!.target),
  };
}

function nameIn(planned: PlannedMapping, name: string): string {
  const folded = name.toLowerCase();
  return planned.table.columns.find((column) => column.name.toLowerCase() === folded)?.name ?? name;
}

function impossible(planned: PlannedMapping, foreignKey: SourceForeignKey, reason: string): TransfuseError {
  return new TransfuseError(
    'SYNC_IMPOSSIBLE',
    `The table ${planned.table.name} can be loaded but not synced: its foreign key ${foreignKey.name} changes rows without a word in the source's binlog, and ${reason}.`,
    {
      where: { mapping: planned.mapping.id, table: planned.table.name, constraint: foreignKey.name },
      fix: `Sync ${foreignKey.referencedTable} too and map the columns of the foreign key as they are, or leave ${planned.table.name} out with --tables.`,
    },
  );
}
