/** Whether the target has what a mapping fills, and takes what it gives. Pure. */
import { suggest } from '../core/suggest.ts';
import type { Mapping } from '../mapping/mapping.ts';
import { parseTargetType } from '../mapping/types/target-type.ts';
import type { SourceTable } from '../mysql/catalog-model.ts';
import type { TargetTable } from '../postgres/catalog-model.ts';
import { meant } from './check-source.ts';
import { finding, type MappingFinding } from './finding.ts';

/** `table` is null where the target has none. */
export function checkTarget(
  mapping: Mapping,
  source: SourceTable | null,
  table: TargetTable | null,
): MappingFinding[] {
  const { schema, table: name } = mapping.target;
  if (!table) {
    return [
      finding(
        'stops',
        'target-table-missing',
        null,
        `The target has no table ${schema}.${name}. Run bin/schema.`,
      ),
    ];
  }
  return [...misfits(mapping, table), ...unfilled(mapping, table), ...tooLong(mapping, source)];
}

function misfits(mapping: Mapping, table: TargetTable): MappingFinding[] {
  const columns = new Map(table.columns.map((column) => [column.name, column]));
  return mapping.columns.flatMap(({ target }): MappingFinding[] => {
    const column = columns.get(target.name);
    if (!column) {
      const text = `The target table ${table.name} has no column ${target.name}.${meant(suggest(target.name, columns.keys()))}`;
      return [finding('stops', 'target-column-missing', target.name, text)];
    }
    if (column.type !== target.type) {
      const text = `${target.name} is ${column.type} in the target, and the mapping writes ${target.type}.`;
      return [finding('stops', 'target-type-differs', target.name, text)];
    }
    if (target.nullable && !column.nullable) {
      const text = `${target.name} may be NULL by the mapping and not in the target: such rows are rejected.`;
      return [finding('note', 'null-for-not-null', target.name, text)];
    }
    return [];
  });
}

function unfilled(mapping: Mapping, table: TargetTable): MappingFinding[] {
  const filled = new Set(mapping.columns.map(({ target }) => target.name));
  return table.columns
    .filter(
      (column) =>
        !filled.has(column.name) &&
        !column.nullable &&
        column.default === null &&
        column.identity === null &&
        column.generated === null,
    )
    .map(({ name }) =>
      finding(
        'stops',
        'target-column-not-filled',
        name,
        `${name} of the target may not be NULL and has no default, and the mapping does not fill it.`,
      ),
    );
}

/** Texts that pass as they are into a shorter column. */
function tooLong(mapping: Mapping, source: SourceTable | null): MappingFinding[] {
  const lengths = new Map(
    source?.columns.map(({ name, length, charset }) => [name, charset === null ? null : length]),
  );
  return mapping.columns.flatMap(({ value, target }): MappingFinding[] => {
    if (value.kind !== 'column') return [];
    const { base, modifiers } = parseTargetType(target.type);
    const limit = base === 'character varying' ? modifiers[0] : undefined;
    const length = lengths.get(value.column);
    if (limit === undefined || !length || length <= limit) return [];
    const text = `${value.column} may have ${length} characters, and ${target.name} takes ${limit}: longer values are rejected.`;
    return [finding('note', 'may-be-too-long', target.name, text)];
  });
}
