/** ON UPDATE CURRENT_TIMESTAMP: one trigger for each table that has such columns, with a function of its own. */
import { qualified, quoteIdentifier } from '../../../postgres/identifiers.ts';
import type { SchemaObject } from '../../../postgres/schema-plan.ts';
import type { MirrorTable } from '../tables.ts';
import type { DdlContext } from './context.ts';
import { currentTimeSql } from './current-time.ts';

/** Sync sets this in its sessions: rows come from it with the time of change that they have at the source. */
const IS_NOT_SYNC = `current_setting('transfuse.applying', true) IS DISTINCT FROM 'on'`;

/**
 * As in MySQL, a column moves only when the row changes, and keeps a value that the update gave it. An update that
 * gives it the value it has already cannot be told from one that does not name it: the column moves then.
 */
export function onUpdateObjects(context: DdlContext, table: MirrorTable): SchemaObject[] {
  const schema = context.options.targetSchema;
  const assignments = table.columns.flatMap((column) => {
    if (!column.source.onUpdateCurrentTimestamp) return [];
    const now = currentTimeSql(column.type, context.options.timeZone);
    if (now === null) return [];
    const name = quoteIdentifier(column.name);
    return [
      `  IF NEW.${name} IS NOT DISTINCT FROM OLD.${name} THEN`,
      `    NEW.${name} := ${now};`,
      '  END IF;',
    ];
  });
  if (assignments.length === 0) return [];
  const name = context.names.claim(`${table.name}_on_update`);
  const source = `\nBEGIN\n${assignments.join('\n')}\n  RETURN NEW;\nEND\n`;
  const base = { schema, table: table.name, name };
  const tag = dollarTagFor(source);
  const definition =
    `CREATE TRIGGER ${quoteIdentifier(name)} BEFORE UPDATE ON ${qualified(schema, table.name)} FOR EACH ROW ` +
    `WHEN (${IS_NOT_SYNC} AND OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION ${qualified(schema, name)}()`;
  return [
    {
      ...base,
      kind: 'function',
      source,
      sql: `CREATE FUNCTION ${qualified(schema, name)}() RETURNS trigger LANGUAGE plpgsql AS ${tag}${source}${tag}`,
    },
    { ...base, kind: 'trigger', definition, sql: definition },
  ];
}

/** A dollar quote that the body does not contain: column names may hold anything. */
function dollarTagFor(source: string): string {
  for (let i = 0; ; i++) {
    const tag = i === 0 ? '$$' : `$body${i}$`;
    if (!source.includes(tag)) return tag;
  }
}
