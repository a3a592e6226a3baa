/** Problems and allergies: §8 of the facts, `lists`. */
import type { SourceRow } from '../source-row.ts';
import { record, visitRows, type Columns } from './record-trap.ts';
import { ABSENT, flag, idOf, type Trap, type TrapRow } from './trap.ts';
import { patientRow } from './trap-rows.ts';

export function listRow(id: number, pid: number, changes: SourceRow): TrapRow {
  const values = {
    id,
    pid,
    date: '2026-01-06 09:00:00',
    type: 'medical_problem',
    title: 'Trap',
    begdate: '2020-01-02',
    enddate: null,
    diagnosis: '',
    activity: 1,
    outcome: 0,
    occurrence: 0,
    reaction: '',
    user: 'admin',
    modifydate: '2026-01-06 09:00:00',
    ...changes,
  };
  return { table: 'lists', values };
}

function listTrap(
  id: number,
  name: string,
  target: 'condition' | 'allergy',
  changes: SourceRow,
  columns: Columns,
  extra?: Readonly<Record<string, string>>,
): Trap {
  return {
    name,
    facts: '§8 lists',
    rows: [patientRow(id), listRow(id, id, changes)],
    expected: [record(target, 'lists', id, { patient_id: idOf('patient_data', id), ...columns }, extra)],
  };
}

export const listTraps: readonly Trap[] = [
  listTrap(
    900_000_421,
    'several diagnoses are several codes, their systems in capital letters',
    'condition',
    { diagnosis: 'icd10:E11.9;SNOMED-CT:44054006;' },
    {
      kind: 'problem',
      codes: [
        { system: 'ICD10', code: 'E11.9' },
        { system: 'SNOMED-CT', code: '44054006' },
      ],
      onset_date: '2020-01-02',
      clinical_status: 'active',
      hidden: false,
      dq_flags: [],
    },
  ),
  listTrap(
    900_000_422,
    'a code without its system is a code',
    'condition',
    { diagnosis: '250.00' },
    {
      codes: [{ system: null, code: '250.00' }],
      dq_flags: [flag.doubtful('codes', 'no_system')],
    },
  ),
  listTrap(
    900_000_423,
    'types are told whatever their case',
    'condition',
    { type: 'Surgery' },
    { kind: 'surgery' },
  ),
  listTrap(
    900_000_424,
    'a type of the site’s own is other',
    'condition',
    { type: 'wellness_goal' },
    { kind: 'other' },
    {
      type: 'wellness_goal',
    },
  ),
  listTrap(
    900_000_425,
    'of a beginning in part nothing is made up',
    'condition',
    { begdate: '2019-06-00' },
    { onset_date: null, dq_flags: [flag.invalid('onset_date')] },
    { begdate: '2019-06-00' },
  ),
  listTrap(
    900_000_426,
    'a beginning of zeros is not known',
    'condition',
    { begdate: '0000-00-00' },
    {
      onset_date: null,
      dq_flags: [],
    },
  ),
  listTrap(
    900_000_427,
    'what has ended is inactive',
    'condition',
    { enddate: '2021-03-04' },
    {
      abatement_date: '2021-03-04',
      clinical_status: 'inactive',
    },
  ),
  listTrap(
    900_000_428,
    'what is resolved is resolved',
    'condition',
    { enddate: '2021-03-04', outcome: 1 },
    {
      clinical_status: 'resolved',
    },
  ),
  listTrap(
    900_000_429,
    'an end of zeros is none',
    'condition',
    { enddate: '0000-00-00' },
    {
      abatement_date: null,
      clinical_status: 'active',
    },
  ),
  listTrap(
    900_000_430,
    'what was hidden may be active',
    'condition',
    { activity: 0 },
    {
      hidden: true,
      clinical_status: 'active',
    },
  ),
  listTrap(
    900_000_431,
    'an end before the beginning is kept',
    'condition',
    { enddate: '2019-12-31' },
    {
      onset_date: '2020-01-02',
      abatement_date: '2019-12-31',
    },
  ),
  listTrap(
    900_000_432,
    'an allergy says by its options how it shows',
    'allergy',
    {
      type: 'allergy',
      title: 'Latex',
      reaction: 'hives',
      severity_al: 'severe',
      diagnosis: 'SNOMED-CT:300916003',
    },
    {
      substance: 'Latex',
      reaction: 'Hives',
      reaction_code: 'SNOMED-CT:247472004',
      severity: 'Severe',
      active: true,
      codes: [{ system: 'SNOMED-CT', code: '300916003' }],
    },
  ),
  listTrap(
    900_000_433,
    'a reaction in words is what it says',
    'allergy',
    { type: 'allergy', reaction: 'swelling of the lips' },
    { reaction: 'swelling of the lips', reaction_code: null, dq_flags: [flag.unknownOption('reaction')] },
    { reaction: 'swelling of the lips' },
  ),
  {
    name: 'a problem of a patient who was deleted is rejected',
    facts: '§12 R01',
    rows: [listRow(900_000_434, ABSENT, {})],
    expected: [{ source: 'lists', key: { id: 900_000_434 }, reject: 'orphan' }],
  },
  {
    name: 'a problem is dealt with at an encounter',
    facts: '§8 issue_encounter',
    rows: [
      ...visitRows(900_000_435),
      listRow(900_000_435, 900_000_435, {}),
      linkRow(900_000_001, 900_000_435, 900_000_435),
      linkRow(900_000_002, 900_000_435, ABSENT),
    ],
    expected: [
      record('condition_encounter', 'issue_encounter', '900000435:900000435:900000435', {
        condition_id: idOf('lists', 900_000_435),
        encounter_id: idOf('form_encounter', 900_000_435),
        resolved: false,
      }),
      {
        source: 'issue_encounter',
        key: { pid: 900_000_435, list_id: 900_000_435, encounter: ABSENT },
        reject: 'orphan',
      },
    ],
  },
];

function linkRow(id: number, pid: number, encounter: number): TrapRow {
  const at = '2026-01-06 09:20:00';
  const values = { id, pid, list_id: pid, encounter, resolved: 0, created_at: at, updated_at: at };
  return { table: 'issue_encounter', values };
}
