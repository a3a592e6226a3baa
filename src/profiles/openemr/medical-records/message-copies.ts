/**
 * The copies of a mail: same moment, sender, recipient, title and text, in another mailbox. The application writes them one
 * after the other, so that their ids are close together; there is no index by which they could be found otherwise. Their
 * `mail_chain` is no help: new copies are each the beginning of a chain.
 */
import type { RowFilter } from '../../../mapping/mapping.ts';
import type { Lookup } from '../lookups.ts';

/** How far away a copy is looked for: what others may have sent between the two. */
const REACH = 10;

const around = Array.from({ length: 2 * REACH + 1 }, (_, index) => index - REACH);
const before = Array.from({ length: REACH }, (_, index) => index - REACH);
const steps = (numbers: readonly number[]): string =>
  numbers.map((n) => `SELECT ${n} AS n`).join(' UNION ALL ');

const SAME = ['date', 'sender_id', 'recipient_id', 'title', 'body']
  .map((name) => `c.\`${name}\` <=> t.\`${name}\``)
  .join(' AND ');

function among(steps: string, condition: string): string {
  return `SELECT COUNT(*) FROM (${steps}) step STRAIGHT_JOIN onsite_mail c ON c.id = t.id + step.n
WHERE ${SAME} AND NOT (c.owner <=> t.owner)${condition}`;
}

/** `earlier_copies`, and `undeleted_copies`, its own row among them. */
export const lookUpCopies: Lookup = {
  fields: {
    earlier_copies: { sql: among(steps(before), ''), like: 'onsite_mail.id' },
    undeleted_copies: {
      sql: `(${among(steps(around), ' AND COALESCE(c.deleted, 0) = 0')}) + (COALESCE(t.deleted, 0) = 0)`,
      like: 'onsite_mail.id',
    },
  },
  watches: [
    {
      table: 'onsite_mail',
      inputs: ['id'],
      keys: copiesAround('(SELECT ? AS id)'),
    },
  ],
};

/** The ids about those of the rows of `table`, SQL behind FROM. */
export function copiesAround(table: string): string {
  return `SELECT c.id FROM ${table} o JOIN (${steps(around)}) step JOIN onsite_mail c ON c.id = o.id + step.n`;
}

export const isFirstCopy: RowFilter = {
  inputs: ['earlier_copies'],
  description: `of the copies of a mail the first is the mail; a copy is looked for among ${REACH} ids`,
  accepts: (earlier) => earlier === '0',
};
