import { quoteLiteral } from '../../../postgres/identifiers.ts';

const NOW = /^(?:current_timestamp|now|localtimestamp|localtime)(?:\(\s*\d?\s*\))?$/i;
const TODAY = /^(?:curdate|current_date)(?:\(\s*\))?$/i;

export function isNow(sql: string): boolean {
  return NOW.test(sql.trim());
}

export function isToday(sql: string): boolean {
  return TODAY.test(sql.trim());
}

/**
 * The moment of a change for a column of this type; null for a type that has no such default. A DATETIME is a
 * wall-clock time of the source's zone; where no zone is set, of the session's.
 */
export function currentTimeSql(targetType: string, timeZone: string | null): string | null {
  if (targetType.endsWith('with time zone')) return 'CURRENT_TIMESTAMP';
  const local =
    timeZone === null ? 'LOCALTIMESTAMP' : `(CURRENT_TIMESTAMP AT TIME ZONE ${quoteLiteral(timeZone)})`;
  if (targetType.startsWith('timestamp')) return local;
  if (targetType === 'date') return timeZone === null ? 'CURRENT_DATE' : `(${local})::date`;
  return null;
}
