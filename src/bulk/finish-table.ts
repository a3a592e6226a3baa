/** What a table needs after its rows and indexes: identities that go on where the source was. */
import type { PlannedMapping } from '../mapping/plan.ts';
import type { TargetConnection } from '../postgres/connection.ts';
import { quoteIdentifier, quoteLiteral, qualified } from '../postgres/identifiers.ts';

/** A key that is kept as text counts nothing. */
const TEXT = /^(?:text|character)/;

/**
 * Sets every sequence that feeds a column of the table beyond the largest value there, and at least to the source's next
 * AUTO_INCREMENT. May be run again at any time.
 */
export async function finishTable(target: TargetConnection, planned: PlannedMapping): Promise<void> {
  const { mapping, table } = planned;
  const name = qualified(mapping.target.schema, mapping.target.table);
  const autoIncrement = table.columns.find((column) => column.autoIncrement)?.name;
  for (const { target: column, value } of mapping.columns) {
    const isCounter = value.kind === 'column' && value.column === autoIncrement && !TEXT.test(column.type);
    if (!isCounter) continue;
    const sequence = `pg_catalog.pg_get_serial_sequence(${quoteLiteral(name)}, ${quoteLiteral(column.name)})`;
    // A counter that has reached the end of its type stands at its last value: the next insert fails, as at the source.
    await target.query(
      `SELECT pg_catalog.setval(q.seqrelid::regclass, least(s.next, q.seqmax)::bigint, s.next > q.seqmax)
       FROM (SELECT ${sequence}::regclass AS name, greatest(1, coalesce(max(${quoteIdentifier(column.name)}), 0)::numeric + 1,
         ${table.nextAutoIncrement ?? '1'}) AS next FROM ${name}) AS s
       JOIN pg_catalog.pg_sequence q ON q.seqrelid = s.name`,
    );
  }
}
