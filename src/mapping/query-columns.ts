/** The columns of other tables that a query mapping reads, and its fields as columns of the source table. */
import { TransfuseError } from '../core/errors.ts';
import type { SourceColumn, SourceTable } from '../mysql/catalog-model.ts';
import { queryOf, type Mapping } from './mapping.ts';

/**
 * The source table with the definitions of what its query reads besides: from `tables`, or as an earlier plan has noted them.
 * Throws SOURCE_TABLE_CHANGED for a table or column that is not there.
 */
export function withBeside(
  mapping: Mapping,
  table: SourceTable,
  tables: ReadonlyMap<string, SourceTable>,
): SourceTable {
  if (mapping.shape === 'row') return table;
  const beside: Record<string, SourceColumn[]> = {};
  for (const { table: name, column } of columnsBeside(mapping)) {
    const known = (beside[name] ??= []);
    if (known.some((one) => one.name === column)) continue;
    const all = table.beside?.[name] ?? (name === table.name ? table : tables.get(name))?.columns ?? [];
    const found = all.find((one) => one.name === column);
    if (!found) {
      throw new TransfuseError(
        'SOURCE_TABLE_CHANGED',
        `The mapping ${mapping.id} reads the column ${name}.${column}, which the source does not have.`,
        { where: { mapping: mapping.id, table: name, column } },
      );
    }
    known.push(found);
  }
  return { ...table, beside };
}

/** The fields of a query, and what an expansion adds, as columns, each of the type of the column that it is like. */
export function fieldColumns(mapping: Mapping, table: SourceTable): SourceColumn[] {
  return Object.entries(likesOf(mapping)).map(([name, like]) => {
    const { table: of, column } = placeOf(like);
    const found = table.beside![of]!.find((one) => one.name === column)!;
    return { ...found, name, nullable: true, autoIncrement: false, generated: null };
  });
}

function likesOf(mapping: Mapping): Record<string, string> {
  const fields = Object.entries(queryOf(mapping)?.fields ?? {}).map(([name, { like }]) => [name, like]);
  const added = mapping.shape === 'rows' ? Object.entries(mapping.expansion.fields) : [];
  return Object.fromEntries([...fields, ...added]) as Record<string, string>;
}

function columnsBeside(mapping: Mapping): { table: string; column: string }[] {
  return [
    ...Object.values(likesOf(mapping)).map(placeOf),
    ...(queryOf(mapping)?.watches ?? []).flatMap(({ table, inputs }) =>
      inputs.map((column) => ({ table, column })),
    ),
  ];
}

function placeOf(like: string): { table: string; column: string } {
  const dot = like.indexOf('.');
  return { table: like.slice(0, dot), column: like.slice(dot + 1) };
}
