import { TransfuseError } from './errors.ts';
import { MariadbGtidPosition } from './mariadb-gtid-position.ts';
import { MysqlGtidSet } from './mysql-gtid-set.ts';

/** The transactions that a place in the binlog has behind it, by their global numbers. */
export type GtidSet = MysqlGtidSet | MariadbGtidPosition;

/** Only MySQL writes colons. An empty text is an empty set of `emptyDialect`. Throws CDC_POSITION_INVALID. */
export function parseGtidSet(text: string, emptyDialect: GtidSet['dialect'] = 'mysql'): GtidSet {
  const isMysql = text.includes(':') || (text.trim() === '' && emptyDialect === 'mysql');
  return isMysql ? MysqlGtidSet.parse(text) : MariadbGtidPosition.parse(text);
}

/** Whether `whole` has everything that `part` has. Throws CDC_POSITION_INVALID for sets of two dialects, unless one is empty. */
export function includesGtids(whole: GtidSet, part: GtidSet): boolean {
  if (part.isEmpty) return true;
  if (whole.isEmpty) return false;
  if (whole instanceof MysqlGtidSet && part instanceof MysqlGtidSet) return part.isSubsetOf(whole);
  if (whole instanceof MariadbGtidPosition && part instanceof MariadbGtidPosition)
    return part.isSubsetOf(whole);
  throw new TransfuseError(
    'CDC_POSITION_INVALID',
    'A position of MySQL and one of MariaDB cannot be compared.',
  );
}
