/** Whether the source has what a mapping reads, and what of it would be left behind. Pure. */
import { suggest } from '../core/suggest.ts';
import { inputsOf } from '../mapping/compile.ts';
import { queryOf, type Mapping, type Query } from '../mapping/mapping.ts';
import type { SourceTable } from '../mysql/catalog-model.ts';
import { finding, type MappingFinding } from './finding.ts';

export function checkSource(mapping: Mapping, tables: ReadonlyMap<string, SourceTable>): MappingFinding[] {
  const table = tables.get(mapping.source.table);
  if (!table) return [missingTable(mapping.source.table, tables)];
  return [...missingColumns(mapping, table, tables), ...unmapped(mapping, table)];
}

function missingTable(name: string, tables: ReadonlyMap<string, SourceTable>): MappingFinding {
  return finding(
    'stops',
    'source-table-missing',
    null,
    `The source has no table ${name}.${meant(suggest(name, tables.keys()))}`,
  );
}

function missingColumns(
  mapping: Mapping,
  table: SourceTable,
  tables: ReadonlyMap<string, SourceTable>,
): MappingFinding[] {
  const query = queryOf(mapping);
  const added = mapping.shape === 'rows' ? mapping.expansion : null;
  const fields = [...Object.keys(query?.fields ?? {}), ...Object.keys(added?.fields ?? {})];
  const own = [
    ...mapping.columns.flatMap(({ value }) =>
      value.kind === 'extra' && value.columns === 'unmapped' ? [] : inputsOf(value),
    ),
    ...(mapping.where?.inputs ?? []),
    ...(added?.inputs ?? []),
  ].filter((name) => !fields.includes(name));
  const read = [
    ...own.map((column) => ({ table: table.name, column })),
    ...(query?.watches ?? []).flatMap((watch) =>
      watch.inputs.map((column) => ({ table: watch.table, column })),
    ),
    ...[
      ...Object.values(query?.fields ?? {}).map(({ like }) => like),
      ...Object.values(added?.fields ?? {}),
    ].map((like) => {
      const [of = '', column = ''] = like.split(/\.(.*)/s);
      return { table: of, column };
    }),
  ];
  const findings = new Map<string, MappingFinding>();
  for (const { table: of, column } of read) {
    const found = tables.get(of);
    if (!found) findings.set(of, missingTable(of, tables));
    else if (!found.columns.some(({ name }) => name === column)) {
      const hint = meant(
        suggest(
          column,
          found.columns.map(({ name }) => name),
        ),
      );
      const text = `The source table ${of} has no column ${column}.${hint}`;
      findings.set(`${of}.${column}`, finding('stops', 'source-column-missing', column, text));
    }
  }
  return [...findings.values()];
}

/** Columns that nothing reads, where the mapping has no place for what is left. */
function unmapped(mapping: Mapping, table: SourceTable): MappingFinding[] {
  if (mapping.columns.some(({ value }) => value.kind === 'extra' && value.columns === 'unmapped')) return [];
  const read = new Set([
    ...mapping.columns.flatMap(({ value }) => inputsOf(value)),
    ...(mapping.where?.inputs ?? []),
    ...(mapping.shape === 'rows' ? mapping.expansion.inputs : []),
  ]);
  const query = queryOf(mapping);
  const sql = query ? sqlOf(query) : '';
  return table.columns
    .filter(({ name }) => !read.has(name) && !sql.includes(`t.${name}`) && !sql.includes(`t.\`${name}\``))
    .map(({ name, columnType }) =>
      finding(
        'loses',
        'column-not-mapped',
        name,
        `Nothing reads ${name} (${columnType}), and the mapping has no column for what is left: it would be lost.`,
      ),
    );
}

function sqlOf({ joins, fields }: Query): string {
  return [joins, ...Object.values(fields).map(({ sql }) => sql)].join(' ');
}

export function meant(name: string | null): string {
  return name === null ? '' : ` Is it ${name}?`;
}
