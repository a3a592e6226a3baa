/**
 * Encounters as other rows name them: not by their id but by their number, which is unique by habit only. A number is looked for among
 * the encounters of the row's own patient. An encounter of another patient is never taken, though the number may be unique: it
 * would put what belongs to one person into the chart of another. A row that names no patient (`unfiled`) takes the only encounter of
 * that number, if there is only one.
 *
 * An encounter whose patient does not exist is not loaded, and so not found. That patient is the row's own: whoever uses this
 * watches patient_data by the row's patient, as everybody does who refers to it.
 */
import { reference } from '../../../mapping/declare.ts';
import type { Expression, Reference } from '../../../mapping/mapping.ts';
import type { Lookup } from '../lookups.ts';

/** Where a source table has the patient and the number. */
interface NamesEncounter {
  table: string;
  /** Of the source table. */
  key: readonly string[];
  pid: string;
  encounter: string;
  /** The number is in a column of text. */
  isText?: boolean;
  /** There are rows without a patient. */
  unfiled?: boolean;
}

/** The field `encounter_key`, and its watches. */
export function lookUpEncounter({
  table,
  key,
  pid,
  encounter,
  isText = false,
  unfiled = false,
}: NamesEncounter): Lookup {
  const number = isText ? `CAST(t.\`${encounter}\` AS UNSIGNED)` : `t.\`${encounter}\``;
  const value = isText ? 'CAST(? AS CHAR)' : '?';
  const keys = `SELECT ${key.map((column) => `t.\`${column}\``).join(', ')} FROM \`${table}\` t WHERE`;
  const own = encounterOf(`t.\`${pid}\``, number);
  const watched = { table: 'form_encounter', inputs: ['pid', 'encounter'] };
  const watches = [{ ...watched, keys: `${keys} t.\`${pid}\` = ? AND t.\`${encounter}\` = ${value}` }];
  if (!unfiled) return { fields: { encounter_key: { sql: own, like: 'form_encounter.id' } }, watches };
  // No index has the number alone: the source reads a whole index for each row that gets so far, which are few.
  const only = `IF(${number} > 0, (SELECT IF(COUNT(*) = 1, MIN(e.id), NULL) FROM form_encounter e
STRAIGHT_JOIN patient_data ep ON ep.pid = e.pid WHERE e.encounter = ${number}), NULL)`;
  const isUnfiled = `(t.\`${pid}\` = 0 OR t.\`${pid}\` IS NULL)`;
  return {
    fields: {
      encounter_key: { sql: `IF(t.\`${pid}\` > 0, (${own}), ${only})`, like: 'form_encounter.id' },
    },
    watches: [
      ...watches,
      {
        table: 'form_encounter',
        inputs: ['encounter'],
        keys: `${keys} ${isUnfiled} AND t.\`${encounter}\` = ${value} AND t.\`${encounter}\` > 0`,
      },
      {
        table: 'patient_data',
        inputs: ['pid'],
        keys: `${keys} ${isUnfiled} AND t.\`${encounter}\` IN (SELECT e.encounter FROM form_encounter e WHERE e.pid = ? AND e.encounter > 0)`,
      },
    ],
  };
}

/**
 * The id of the encounter that this patient has under this number, both SQL over numbers: a scalar sub-select by an index. The first, where
 * there are several; 0 and NULL name none.
 */
export function encounterOf(pid: string, number: string): string {
  return `SELECT MIN(e.id) FROM form_encounter e JOIN patient_data ep ON ep.pid = e.pid
WHERE e.pid = ${pid} AND e.encounter = ${number} AND e.encounter > 0`;
}

/** The column `encounter_id`, behind `lookUpEncounter`. */
export function encounterId(
  encounter: string,
  onOrphan: Reference['onOrphan'] = { flag: 'encounter_id' },
): Expression {
  return reference('form_encounter', { input: encounter, found: 'encounter_key', onOrphan });
}
