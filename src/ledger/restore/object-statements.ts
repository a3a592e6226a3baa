import { quoteIdentifier, qualified } from '../../postgres/identifiers.ts';
import type { SavedObject } from '../saved-objects.ts';

const NOT_VALID = / NOT VALID(?=$|;)/;

/** The object in one go. */
export function asItWas(object: SavedObject): string {
  return object.definition;
}

/** A foreign key that new rows must obey from now on, and old ones only once it is validated. */
export function addNotValid(object: SavedObject): string {
  const [statement, ...comments] = object.definition.split('; COMMENT ON CONSTRAINT');
  const added = NOT_VALID.test(statement!) ? statement! : `${statement} NOT VALID`;
  return [added, ...comments].join('; COMMENT ON CONSTRAINT');
}

/** The second half of addNotValid. */
export function validate(object: SavedObject): string {
  // One that was not valid before the load is put back as it was.
  if (NOT_VALID.test(object.definition)) return 'SELECT';
  return `ALTER TABLE ${qualified(object.schema, object.table)} VALIDATE CONSTRAINT ${quoteIdentifier(object.name)}`;
}

/** The index built while others write, and its comment, which must go as statements of their own: not in a transaction. */
export function concurrently(object: SavedObject): string[] {
  const [statement, ...comments] = object.definition.split('; COMMENT ON INDEX');
  return [
    statement!.replace(/^CREATE (UNIQUE )?INDEX /, 'CREATE $1INDEX CONCURRENTLY '),
    ...comments.map((comment) => `COMMENT ON INDEX${comment}`),
  ];
}

/** How many groups of rows have one key: what keeps a unique index away. Null where the ledger does not know its key. */
export function countDuplicates(object: SavedObject): string | null {
  const { schema, table, keyExpressions, keyCondition } = object;
  if (!keyExpressions?.length) return null;
  const where = keyCondition === null ? '' : ` WHERE ${keyCondition}`;
  return (
    `SELECT count(*) AS groups FROM (SELECT FROM ${qualified(schema, table)}${where}` +
    ` GROUP BY ${keyExpressions.map((expression) => `(${expression})`).join(', ')} HAVING count(*) > 1) AS duplicates`
  );
}
