/** Whether the source has what a mapping reads, and what of it would be left behind. Pure. */
import { suggest } from '../core/suggest.ts';
import { inputsOf } from '../mapping/compile.ts';
import { queryOf, type Mapping, type Query } from '../mapping/mapping.ts';
import type { SourceTable } from '../mysql/catalog-model.ts';
import { finding, type MappingFinding } from './finding.ts';

/** `all` are the mappings of the profile, this one among them: what one leaves behind another may take. */
export function checkSource(
  mapping: Mapping,
  tables: ReadonlyMap<string, SourceTable>,
  all: readonly Mapping[],
): MappingFinding[] {
  const table = tables.get(mapping.source.table);
  if (!table) return [missingTable(mapping.source.table, tables)];
  const ofTable = all.filter(({ source }) => source.table === table.name);
  // Told once, with the first of them.
  const lost = ofTable[0] === mapping ? unmapped(ofTable, table) : [];
  return [...missingColumns(mapping, table, tables), ...lost];
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

const MAX_NAMED = 12;

/** Columns that none of the mappings of a table reads, where none has a place for what is left. */
function unmapped(mappings: readonly Mapping[], table: SourceTable): MappingFinding[] {
  const keepsRest = ({ value }: Mapping['columns'][number]): boolean =>
    value.kind === 'extra' && value.columns === 'unmapped';
  if (mappings.some(({ columns }) => columns.some(keepsRest))) return [];
  const read = new Set(mappings.flatMap(namesRead));
  const sql = mappings.map((mapping) => sqlOf(queryOf(mapping))).join(' ');
  const lost = table.columns
    .map(({ name }) => name)
    .filter((name) => !read.has(name) && !sql.includes(`t.${name}`) && !sql.includes(`t.\`${name}\``));
  if (lost.length === 0) return [];
  const shown = lost.slice(0, MAX_NAMED).join(', ');
  const more = lost.length > MAX_NAMED ? ` and ${lost.length - MAX_NAMED} more` : '';
  const text = `Nothing reads ${shown}${more} of ${table.name}, and no mapping has a column for what is left: it would be lost.`;
  return [finding('loses', 'column-not-mapped', lost[0]!, text)];
}

function namesRead(mapping: Mapping): string[] {
  return [
    ...mapping.columns.flatMap(({ value }) => inputsOf(value)),
    ...(mapping.where?.inputs ?? []),
    ...(mapping.shape === 'rows' ? mapping.expansion.inputs : []),
  ];
}

function sqlOf(query: Query | null): string {
  if (query === null) return '';
  const { joins, fields } = query;
  return [joins, ...Object.values(fields).map(({ sql }) => sql)].join(' ');
}

export function meant(name: string | null): string {
  return name === null ? '' : ` Is it ${name}?`;
}
