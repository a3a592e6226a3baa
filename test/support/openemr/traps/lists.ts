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
  besides: readonly TrapRow[] = [],
): Trap {
  return {
    name,
    facts: '§8 lists',
    rows: [patientRow(id), listRow(id, id, changes), ...besides],
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
    name: 'a problem of no patient is rejected',
    facts: '§8 lists',
    rows: [listRow(900_000_601, 0, {})],
    expected: [{ source: 'lists', key: { id: 900_000_601 }, reject: 'orphan' }],
  },
  listTrap(
    900_000_602,
    'what ends on the day of the cutover is over',
    'condition',
    { enddate: '2026-01-15' },
    { clinical_status: 'inactive' },
  ),
  listTrap(
    900_000_603,
    'what ends later is not over yet',
    'allergy',
    { type: 'allergy', enddate: '2026-01-16' },
    { active: true, abatement_date: '2026-01-16' },
  ),
  listTrap(
    900_000_604,
    'what ended in a month that is known is over',
    'condition',
    { enddate: '2021-03-00' },
    {
      abatement_date: null,
      clinical_status: 'inactive',
      dq_flags: [flag.invalid('abatement_date')],
    },
    { enddate: '2021-03-00' },
  ),
  listTrap(
    900_000_605,
    'an option that is no longer offered means what it meant',
    'allergy',
    { type: 'Allergy', reaction: 'trap_605', severity_al: 'severe' },
    {
      reaction: 'Trap rash',
      reaction_code: null,
      severity: 'Severe',
      dq_flags: [flag.doubtful('reaction', 'inactive_option')],
    },
    { reaction: 'trap_605', severity_al: 'severe' },
    [optionRow('reaction', 'trap_605', 'Trap rash', 0)],
  ),
  {
    ...listTrap(
      900_000_606,
      'a time of day at which something began is kept',
      'condition',
      { begdate: '2020-01-02 08:30:00', verification: 'Confirmed' },
      { onset_date: '2020-01-02', verification_status: 'confirmed', dq_flags: [] },
      { begdate: '2020-01-02 08:30:00' },
    ),
    versions: ['8'],
  },
  {
    name: 'a problem is dealt with at an encounter',
    facts: '§8 issue_encounter',
    rows: [
      ...visitRows(900_000_435),
      listRow(900_000_435, 900_000_435, {}),
      linkRow(900_000_001, 900_000_435, 900_000_435),
    ],
    expected: [
      record('condition_encounter', 'issue_encounter', '900000435:900000435:900000435', {
        condition_id: idOf('lists', 900_000_435),
        allergy_id: null,
        medication_id: null,
        encounter_id: idOf('form_encounter', 900_000_435),
        resolved: false,
      }),
    ],
  },
  {
    name: 'so are allergies and medication',
    facts: '§8 issue_encounter',
    rows: [
      ...visitRows(900_000_607),
      listRow(900_000_607, 900_000_607, { type: 'allergy' }),
      listRow(900_000_608, 900_000_607, { type: 'Medication' }),
      linkRow(900_000_003, 900_000_607, 900_000_607),
      linkRow(900_000_004, 900_000_607, 900_000_607, 900_000_608),
    ],
    expected: [
      record('condition_encounter', 'issue_encounter', '900000607:900000607:900000607', {
        condition_id: null,
        allergy_id: idOf('lists', 900_000_607),
        medication_id: null,
      }),
      record('condition_encounter', 'issue_encounter', '900000607:900000608:900000607', {
        condition_id: null,
        allergy_id: null,
        medication_id: idOf('lists', 900_000_608),
      }),
    ],
  },
  ...(
    [
      ['5.0', { pid: 900_000_609, list_id: 900_000_609, encounter: ABSENT }],
      ['8', { id: 900_000_002 }],
    ] as const
  ).map(([version, key]): Trap => ({
    name: `at an encounter that was deleted nothing was dealt with, in version ${version}`,
    facts: '§8 issue_encounter',
    versions: [version],
    rows: [
      ...visitRows(900_000_609),
      listRow(900_000_609, 900_000_609, {}),
      linkRow(900_000_002, 900_000_609, ABSENT),
    ],
    expected: [{ source: 'issue_encounter', key, reject: 'orphan' }],
  })),
  ...(
    [
      ['5.0', { pid: 900_000_610, list_id: ABSENT, encounter: 900_000_610 }],
      ['8', { id: 900_000_005 }],
    ] as const
  ).map(([version, key]): Trap => ({
    name: `a problem that was deleted was dealt with nowhere, in version ${version}`,
    facts: '§8 issue_encounter',
    versions: [version],
    rows: [...visitRows(900_000_610), linkRow(900_000_005, 900_000_610, 900_000_610, ABSENT)],
    expected: [{ source: 'issue_encounter', key, reject: 'orphan' }],
  })),
];

function linkRow(id: number, pid: number, encounter: number, list_id = pid): TrapRow {
  const at = '2026-01-06 09:20:00';
  const values = { id, pid, list_id, encounter, resolved: 0, created_at: at, updated_at: at };
  return { table: 'issue_encounter', values };
}

function optionRow(list_id: string, option_id: string, title: string, activity: number): TrapRow {
  const at = '2018-03-01 09:00:00';
  return {
    table: 'list_options',
    values: { list_id, option_id, title, activity, timestamp: at, last_updated: at },
  };
}
