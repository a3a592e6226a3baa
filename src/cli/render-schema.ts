import { quantity } from '../core/quantity.ts';
import { formatCount } from '../telemetry/format.ts';
import type { SchemaObject } from '../postgres/schema-plan.ts';
import type { SchemaReport } from '../schema/create-schema.ts';
import type { ScriptReport } from '../schema/run-script.ts';
import type { SchemaDifference } from '../schema/schema-difference.ts';
import { nameDifference } from '../schema/schema-differs-error.ts';

const SHOWN_NOTES = 40;

const LOAD_AGAIN =
  'A table that was loaded already has to be loaded again where a column was added or its type changed:\n' +
  'bin/bulk --tables NAME --replace';

/** What was made, for people. */
export function renderReport(report: SchemaReport): string {
  const { database, databaseCreated, created, present, leftAlone, notes } = report;
  const lines = [
    `Database ${database}: ${databaseCreated ? 'created' : 'was there'}.`,
    `Created  ${countByKind(created)}`,
    `Present  ${countByKind(present)}`,
  ];
  if (leftAlone.length > 0) {
    lines.push(
      `Away     ${quantity(leftAlone.length, 'object')} that a load has taken down and puts back at its end`,
    );
  }
  if (notes.length > 0)
    lines.push('', `What comes along changed or not at all (${formatCount(notes.length)}):`);
  for (const { table, object, text } of notes.slice(0, SHOWN_NOTES)) {
    lines.push(`  ${table === null ? '' : `${table}: `}${object}: ${text}`);
  }
  if (notes.length > SHOWN_NOTES)
    lines.push(`  … and ${formatCount(notes.length - SHOWN_NOTES)} more; all of them with --json`);
  return lines.join('\n');
}

/** What a schema written by hand came to. */
export function renderScript({
  database,
  databaseCreated,
  schema,
  schemaCreated,
  tables,
}: ScriptReport): string {
  return [
    `Database ${database}: ${databaseCreated ? 'created' : 'was there'}.`,
    schemaCreated
      ? `Schema ${schema}: created from its script, ${quantity(tables.length, 'table')}.`
      : `Schema ${schema}: has ${quantity(tables.length, 'table')} already, left as they are. bin/bulk checks that they fit.`,
  ].join('\n');
}

export function reportDocument({ created, present, ...rest }: SchemaReport) {
  return { ...rest, created: created.map(named), present: present.map(named) };
}

/** What differs, object by object, each with the SQL that would mend it, ready to be copied. */
export function renderDifferences(differences: readonly SchemaDifference[]): string {
  const blocks = differences.map((difference) => {
    const { expected, found, mend } = difference;
    return [
      nameDifference(difference),
      `  planned  ${expected}`,
      `  found    ${found ?? 'nothing'}`,
      ...mend.map((statement) => `    ${statement}`),
    ].join('\n');
  });
  const head = 'What differs, and the SQL that would mend it. None of it was run.';
  const hasColumns = differences.some(({ kind }) => kind === 'column');
  return [head, ...blocks, ...(hasColumns ? [LOAD_AGAIN] : [])].join('\n\n');
}

export function differencesDocument(differences: readonly SchemaDifference[]) {
  return {
    differences: differences.map(({ kind, table, name, expected, found, mend }) => ({
      kind,
      table,
      name,
      expected,
      found,
      mend,
    })),
  };
}

function named({ kind, schema, table, name }: SchemaObject) {
  return { kind, schema, table, name };
}

function countByKind(objects: readonly SchemaObject[]): string {
  const counts = new Map<string, number>();
  for (const { kind } of objects) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  const parts = [...counts].map(([kind, count]) => {
    const noun = kind.replaceAll('-', ' ');
    return quantity(count, noun, kind === 'index' ? 'indexes' : `${noun}s`);
  });
  return parts.join(', ') || 'nothing';
}
