import {
  apply,
  columns,
  constant,
  everythingElse,
  flags,
  reference,
  uuid,
} from '../../../mapping/declare.ts';
import type { Mapping, Transform } from '../../../mapping/mapping.ts';
import { lookUp, queryWith, type Lookup } from '../lookups.ts';
import type { Site } from '../site.ts';
import { ALLERGY, isListType, MEDICATION } from './condition-type.ts';
import { encounterId, lookUpEncounter } from './encounter-reference.ts';

const TABLE = 'issue_encounter';
const NAME = ['pid', 'list_id', 'encounter'] as const;

/** What was dealt with at an encounter: an entry of `lists` of any type. */
export function conditionEncounterMapping(site: Site): Mapping {
  // Newer versions have given the rows numbers, and sync finds rows by the key that the source has.
  const key = site.has(TABLE, 'id') ? ['id'] : NAME;
  const patient = reference('patient_data', { input: 'pid', found: 'patient_key', onOrphan: 'reject' });
  return {
    shape: 'query',
    id: 'condition_encounters',
    service: 'medical-records',
    source: { table: TABLE },
    target: { schema: 'medical_records', table: 'condition_encounter' },
    query: queryWith(
      lookUpPatient(key),
      lookUpIssue(key),
      lookUpEncounter({ table: TABLE, key, pid: 'pid', encounter: 'encounter' }),
    ),
    columns: columns({
      id: ['uuid!', uuid(TABLE, ...key)],
      condition_id: ['uuid', issueOf('condition'), 'identifier'],
      allergy_id: ['uuid', issueOf('allergy'), 'identifier'],
      medication_id: ['uuid', issueOf('medication'), 'identifier'],
      encounter_id: ['uuid!', encounterId('encounter', 'reject'), 'identifier'],
      patient_id: ['uuid!', patient, 'identifier'],
      resolved: ['boolean!', apply(isSet, 'resolved'), 'clinical'],
      legacy_table: ['text!', constant(TABLE)],
      legacy_id: ['text!', apply(joined, ...NAME), 'identifier'],
      extra: ['jsonb!', everythingElse, 'clinical'],
      dq_flags: ['text[]!', flags],
    }),
  };
}

function lookUpPatient(key: readonly string[]): Lookup {
  const { watches: _, ...found } = lookUp(
    'patient',
    { table: 'patient_data', key: 'pid' },
    { source: { table: TABLE, key: key.join() }, by: 'pid' },
  );
  return {
    ...found,
    watches: [
      { table: 'patient_data', inputs: ['pid'], keys: `${selectKey(key)} WHERE t.pid = ?`, keysOnly: true },
    ],
  };
}

const issueOf = (kind: string) =>
  reference('lists', { input: `${kind}_name`, found: `${kind}_key`, onOrphan: 'reject' });

/**
 * The entry, of the same patient. Of its three kinds two are not named, so that their references are NULL; what is not there at all is
 * named as a condition.
 */
function lookUpIssue(key: readonly string[]): Lookup {
  const allergy = `l.id IS NOT NULL AND ${isListType('l', ALLERGY)}`;
  const medication = `l.id IS NOT NULL AND ${isListType('l', MEDICATION)}`;
  const field = (sql: string) => ({ sql, like: 'lists.id' });
  return {
    joins: 'LEFT JOIN lists l ON l.id = t.list_id AND l.pid = t.pid',
    fields: {
      condition_name: field(`IF((${allergy}) OR (${medication}), NULL, t.list_id)`),
      condition_key: field('l.id'),
      allergy_name: field(`IF(${allergy}, l.id, NULL)`),
      allergy_key: field('l.id'),
      medication_name: field(`IF(${medication}, l.id, NULL)`),
      medication_key: field('l.id'),
    },
    watches: [
      { table: 'lists', inputs: ['pid', 'id'], keys: `${selectKey(key)} WHERE t.pid = ? AND t.list_id = ?` },
    ],
  };
}

function selectKey(key: readonly string[]): string {
  return `SELECT ${key.map((column) => `t.${column}`).join(', ')} FROM ${TABLE} t`;
}

const joined: Transform = { name: 'joined', apply: (...parts) => parts.join(':') };

const isSet: Transform = { name: 'isSet', apply: (raw) => (raw === null || raw === '0' ? 'f' : 't') };
