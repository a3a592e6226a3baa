import { formatCount } from '../telemetry/format.ts';
import type { SchemaObject } from '../postgres/schema-plan.ts';
import type { SchemaDifference } from '../schema/compare-schema.ts';
import type { SchemaReport } from '../schema/create-schema.ts';

const SHOWN_NOTES = 40;

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
      `Away     ${formatCount(leftAlone.length)} objects that a load has taken down and puts back at its end`,
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

export function reportDocument({ created, present, ...rest }: SchemaReport) {
  return { ...rest, created: created.map(named), present: present.map(named) };
}

export function differencesDocument(differences: readonly SchemaDifference[]) {
  return {
    differences: differences.map(({ kind, table, name, expected, found }) => ({
      kind,
      table,
      name,
      expected,
      found,
    })),
  };
}

function named({ kind, schema, table, name }: SchemaObject) {
  return { kind, schema, table, name };
}

function countByKind(objects: readonly SchemaObject[]): string {
  const counts = new Map<string, number>();
  for (const { kind } of objects) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  const parts = [...counts].map(([kind, count]) => `${formatCount(count)} ${kind.replaceAll('-', ' ')}`);
  return parts.join(', ') || 'nothing';
}
