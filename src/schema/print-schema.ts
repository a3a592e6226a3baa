import type { SchemaPlan, SchemaScript } from '../postgres/schema-plan.ts';

const HEAD = ['\\set ON_ERROR_STOP on', "SET client_encoding = 'UTF8';"];

/**
 * The whole plan as SQL, in order, ready for psql on an empty database. The schema is created only where it is not
 * there, since `public` always is; anything else that exists already stops the script.
 */
export function printSchema(plan: SchemaPlan): string {
  const statements = plan.objects.map(({ kind, sql }) =>
    kind === 'schema' ? `${sql.replace('CREATE SCHEMA', 'CREATE SCHEMA IF NOT EXISTS')};` : `${sql};`,
  );
  return `${[...HEAD, ...statements].join('\n')}\n`;
}

/** The script as it is, ready for psql. */
export function printScript({ sql }: SchemaScript): string {
  return `${[...HEAD, sql.trim()].join('\n')}\n`;
}
