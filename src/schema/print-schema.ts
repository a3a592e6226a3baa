import type { SchemaPlan } from '../postgres/schema-plan.ts';

/**
 * The whole plan as SQL, in order, ready for psql on an empty database. The schema is created only where it is not
 * there, since `public` always is; anything else that exists already stops the script.
 */
export function printSchema(plan: SchemaPlan): string {
  const head = ['\\set ON_ERROR_STOP on', "SET client_encoding = 'UTF8';"];
  const statements = plan.objects.map(({ kind, sql }) =>
    kind === 'schema' ? `${sql.replace('CREATE SCHEMA', 'CREATE SCHEMA IF NOT EXISTS')};` : `${sql};`,
  );
  return `${[...head, ...statements].join('\n')}\n`;
}
