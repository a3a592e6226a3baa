/** users.specialty → doctor.doctor_specialty: words that are the names of specialties, where no code says the same. */
import { apply, columns, constant, flags, uuid } from '../../../mapping/declare.ts';
import type { Mapping, Transform } from '../../../mapping/mapping.ts';
import { codesByName } from './specialty-names.ts';
import { DEFAULT_TAXONOMY } from './staff-values.ts';
import { SPECIALTY_LIST, specialtyId } from './taxonomy.ts';

/** Without blanks and kinds of dashes, so that a name is found however it was typed; what is found is compared exactly afterwards. */
const squeezed = (sql: string): string =>
  [
    [`' '`, `''`],
    [`CHAR(9 USING utf8mb4)`, `''`],
    [`CONVERT(UNHEX('C2A0') USING utf8mb4)`, `''`],
    [`CONVERT(UNHEX('E28093') USING utf8mb4)`, `'-'`],
    [`CONVERT(UNHEX('E28094') USING utf8mb4)`, `'-'`],
  ].reduce(
    (inner, [from, to]) => `REPLACE(${inner}, ${from}, ${to})`,
    `LOWER(CONVERT(${sql} USING utf8mb4)) COLLATE utf8mb4_bin`,
  );

/** The list has hundreds of names: only those that may be meant are read. */
const POSSIBLE = `IF(COALESCE(t.specialty, '') = '', NULL, (
  SELECT CAST(JSON_ARRAYAGG(JSON_ARRAY(o.option_id, o.title)) AS CHAR) FROM list_options o
  WHERE o.list_id = '${SPECIALTY_LIST}' AND o.title <> '' AND LOCATE(${squeezed('o.title')}, ${squeezed('t.specialty')}) > 0))`;

const CODED = `IF(COALESCE(t.specialty, '') = '', NULL, (
  SELECT CAST(JSON_ARRAYAGG(c.field_value) AS CHAR) FROM facility_user_ids c
  WHERE c.uid = t.id AND c.field_id = 'specialty_code'))`;

const legacyId: Transform = { name: 'legacyId(id:code)', apply: (id, code) => `${id}:${code}` };

export function matchedSpecialtyMapping(): Mapping {
  return {
    shape: 'rows',
    id: 'doctor_specialty_words',
    service: 'doctor',
    source: { table: 'users' },
    target: { schema: 'doctor', table: 'doctor_specialty' },
    query: {
      joins: '',
      fields: {
        possible: { sql: POSSIBLE, like: 'users.info' },
        coded: { sql: CODED, like: 'users.info' },
      },
      watches: [
        { table: 'facility_user_ids', inputs: ['uid'], keys: null },
        {
          table: 'list_options',
          inputs: ['list_id'],
          keys: `SELECT u.id FROM users u WHERE u.specialty <> '' AND ? = '${SPECIALTY_LIST}'`,
        },
      ],
    },
    expansion: {
      description: `the specialties of ${SPECIALTY_LIST} whose names are in the text, between semicolons, and which have no code; ${DEFAULT_TAXONOMY} as a taxonomy is none`,
      inputs: ['specialty', 'taxonomy', 'possible', 'coded'],
      fields: { specialty_list: 'list_options.list_id', specialty_code: 'list_options.option_id' },
      rows: matchedSpecialties,
    },
    owner: ['doctor_id'],
    key: ['id'],
    columns: columns({
      id: ['uuid!', uuid('users:specialty', 'id', 'specialty_code')],
      doctor_id: ['uuid!', uuid('users', 'id'), 'identifier'],
      specialty_id: ['uuid!', specialtyId],
      facility_id: ['uuid', constant(null)],
      confidence: ['text!', constant('matched')],
      legacy_table: ['text!', constant('users:specialty')],
      legacy_id: ['text!', apply(legacyId, 'id', 'specialty_code'), 'identifier'],
      // the rest of the row is the doctor's
      extra: ['jsonb!', { kind: 'extra', columns: [] }],
      dq_flags: ['text[]!', flags],
    }),
  };
}

export function matchedSpecialties(
  specialty: string | null | undefined,
  taxonomy: string | null | undefined,
  possible: string | null | undefined,
  coded: string | null | undefined,
): [list: string, code: string][] {
  if (possible == null) return [];
  const options = JSON.parse(possible) as [string, string][];
  const known = new Set((JSON.parse(coded ?? '[]') as (string | null)[]).map(foldCode));
  if (foldCode(taxonomy) !== DEFAULT_TAXONOMY) known.add(foldCode(taxonomy));
  return codesByName(specialty ?? null, options)
    .filter((code) => !known.has(foldCode(code)))
    .map((code) => [SPECIALTY_LIST, code]);
}

function foldCode(code: string | null | undefined): string {
  return (code ?? '').trim().toUpperCase();
}
