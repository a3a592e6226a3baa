/** Under what name patients sign in. */
import { refuse } from '../../../core/reject-reasons.ts';
import type { Transform } from '../../../mapping/mapping.ts';
import type { Lookup } from '../lookups.ts';
import { clean } from '../text.ts';

/** What the patient types; the generated name where he chose none. Without either there is no account (not_null). */
export const username: Transform = {
  name: 'username',
  apply: (chosen, generated) => usernameOf(chosen, generated) ?? refuse('not_null'),
};

export const usernameNormalized: Transform = {
  name: 'usernameNormalized',
  apply: (chosen, generated) =>
    (usernameOf(chosen, generated) ?? refuse('not_null')).normalize('NFKC').toLowerCase(),
};

/** The generated name, where the patient types another. */
export const altUsername: Transform = {
  name: 'altUsername',
  apply: (chosen, generated) => {
    const other = clean(generated ?? null);
    return other === usernameOf(chosen, generated) ? null : other;
  },
};

function usernameOf(chosen: string | null | undefined, generated: string | null | undefined): string | null {
  return clean(chosen ?? null) ?? clean(generated ?? null);
}

/** As the unique index of the target compares, for all but a few letters: what differs there is refused by it (unique_violation). */
const compared = (chosen: string, generated: string): string =>
  `CONVERT(LOWER(COALESCE(NULLIF(TRIM(${chosen}), ''), TRIM(${generated}))) USING utf8mb4) COLLATE utf8mb4_bin`;

const ofRow = (alias: string): string =>
  compared(`${alias}.portal_login_username`, `${alias}.portal_username`);

/**
 * The account with the lowest id of those that would sign in under the same name, as the field `namesake_id`; NULL for a name of one
 * account. No index has the names: they are grouped once for each query.
 */
export const lookUpNamesake: Lookup = {
  joins: `LEFT JOIN (
  SELECT ${ofRow('o')} AS name, MIN(o.id) AS first_id FROM patient_access_onsite o GROUP BY 1 HAVING COUNT(*) > 1
) namesake ON namesake.name = ${ofRow('t')}`,
  fields: { namesake_id: { sql: 'namesake.first_id', like: 'patient_access_onsite.id' } },
  watches: [
    {
      table: 'patient_access_onsite',
      inputs: ['portal_login_username', 'portal_username'],
      keys: `SELECT t.id FROM patient_access_onsite t WHERE ${ofRow('t')} = ${compared('?', '?')}`,
    },
  ],
};
