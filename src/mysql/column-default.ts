import type { SourceDefault } from './catalog-model.ts';
import { unescapeExpression, unquote } from './sql-literals.ts';
import type { SourceServer } from './server-version.ts';

interface DefaultFacts {
  dataType: string;
  /** information_schema.COLUMN_DEFAULT and EXTRA. */
  columnDefault: string | null;
  extra: string;
}

const CURRENT_TIMESTAMP = /^(?:current_timestamp|now|localtimestamp)(?:\((\d?)\))?$/i;

/**
 * What a column gets when it is left out; null for nothing or NULL. MariaDB prints SQL (`'it''s'`, `NULL`, `uuid()`);
 * MySQL prints the bare value, and marks expressions in EXTRA (from 8.0; in 5.7 there is only CURRENT_TIMESTAMP).
 * The current time comes out as `CURRENT_TIMESTAMP` or `CURRENT_TIMESTAMP(n)` from all of them, a BIT as its digits.
 */
export function parseColumnDefault(facts: DefaultFacts, server: SourceServer): SourceDefault | null {
  const text = facts.columnDefault;
  if (text === null) return null;
  const bits = facts.dataType === 'bit' ? /^b'([01]*)'$/i.exec(text) : null;
  if (bits) return { kind: 'literal', value: bits[1] ?? '' };
  return server.flavor === 'mariadb' ? mariadbDefault(text) : mysqlDefault(text, facts, server);
}

function mariadbDefault(text: string): SourceDefault | null {
  if (text === 'NULL') return null;
  const quoted = unquote(text);
  if (quoted !== null) return { kind: 'literal', value: quoted };
  if (/^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i.test(text)) return { kind: 'literal', value: text };
  return { kind: 'expression', sql: normalizeCurrentTimestamp(text) };
}

function mysqlDefault(text: string, { dataType, extra }: DefaultFacts, server: SourceServer): SourceDefault {
  if (/\bDEFAULT_GENERATED\b/i.test(extra)) {
    const sql = server.versionNumber >= 8_00_00 ? unescapeExpression(text) : text;
    return { kind: 'expression', sql: normalizeCurrentTimestamp(sql) };
  }
  if ((dataType === 'timestamp' || dataType === 'datetime') && CURRENT_TIMESTAMP.test(text)) {
    return { kind: 'expression', sql: normalizeCurrentTimestamp(text) };
  }
  return { kind: 'literal', value: text };
}

function normalizeCurrentTimestamp(sql: string): string {
  const match = CURRENT_TIMESTAMP.exec(sql);
  if (!match) return sql;
  return match[1] ? `CURRENT_TIMESTAMP(${match[1]})` : 'CURRENT_TIMESTAMP';
}
