/** Option lists and calendar categories, as an installation has them: a part of each. */
import type { AddRow } from './counters.ts';

type Option = readonly [id: string, title: string, codes?: string];

const LISTS: Readonly<Record<string, readonly Option[]>> = {
  sex: [
    ['Female', 'Female'],
    ['Male', 'Male'],
    ['UNK', 'Unknown'],
  ],
  marital: [
    ['married', 'Married'],
    ['single', 'Single'],
    ['divorced', 'Divorced'],
    ['widowed', 'Widowed'],
  ],
  language: [
    ['english', 'English'],
    ['spanish', 'Spanish'],
    ['german', 'German'],
    ['japanese', 'Japanese'],
  ],
  race: [
    ['white', 'White', 'CDCREC:2106-3'],
    ['Asian', 'Asian', 'CDCREC:2028-9'],
    ['black_or_afri_amer', 'Black or African American', 'CDCREC:2054-5'],
  ],
  ethnicity: [
    ['hisp_or_latin', 'Hispanic or Latino', 'CDCREC:2135-2'],
    ['not_hisp_or_latin', 'Not Hispanic or Latino', 'CDCREC:2186-5'],
  ],
  religion: [
    ['catholicism', 'Catholicism'],
    ['none', 'None'],
  ],
  apptstat: [
    ['-', '- None'],
    ['*', '* Reminder done'],
    ['+', '+ Chart pulled'],
    ['x', 'x Canceled'],
    ['?', '? No show'],
    ['@', '@ Arrived'],
    ['~', '~ Arrived late'],
    ['!', '! Left w/o visit'],
    ['#', '# Ins/fin issue'],
    ['<', '< In exam room'],
    ['>', '> Checked out'],
    ['$', '$ Coding done'],
    ['%', '% Canceled < 24h'],
    ['^', '^ Pending'],
    ['CALL', 'Callback requested'],
    ['AVM', 'AVM confirmed'],
    ['SMS', 'SMS confirmed'],
    ['EMAIL', 'EMAIL confirmed'],
  ],
  drug_form: [
    ['1', 'suspension'],
    ['2', 'tablet'],
    ['3', 'capsule'],
  ],
  drug_units: [
    ['1', 'mg'],
    ['2', 'mg/1cc'],
  ],
  drug_route: [
    ['1', 'Per Oris'],
    ['2', 'Per Rectum'],
    ['intramuscular', 'Intramuscular'],
  ],
  drug_interval: [
    ['1', 'b.i.d.'],
    ['2', 't.i.d.'],
    ['18', 'daily'],
  ],
  occurrence: [
    ['0', 'Unknown or N/A'],
    ['1', 'First'],
    ['6', 'Chronic/Recurrent'],
  ],
  outcome: [
    ['0', 'Unassigned'],
    ['1', 'Resolved'],
    ['2', 'Improved'],
  ],
  reaction: [
    ['hives', 'Hives', 'SNOMED-CT:247472004'],
    ['rash', 'Rash', 'SNOMED-CT:271807003'],
  ],
  severity_ccda: [
    ['mild', 'Mild'],
    ['severe', 'Severe'],
  ],
  'us-core-provider-specialty': [
    ['207Q00000X', 'Family Medicine'],
    ['207RC0000X', 'Cardiovascular Disease'],
    ['2080P0006X', 'Developmental – Behavioral Pediatrics'],
  ],
};

/** Id, stable name, title, kind (0 patient, 1 provider, 2 clinic, 3 group), seconds. */
const CATEGORIES = [
  [1, 'no_show', 'No Show', 0, 0],
  [2, 'in_office', 'In Office', 1, 0],
  [3, 'out_of_office', 'Out Of Office', 1, 0],
  [4, 'vacation', 'Vacation', 1, 0],
  [5, 'office_visit', 'Office Visit', 0, 900],
  [6, 'holidays', 'Holidays', 2, 86_400],
  [7, 'closed', 'Closed', 2, 86_400],
  [8, 'lunch', 'Lunch', 1, 3600],
  [9, 'established_patient', 'Established Patient', 0, 900],
  [10, 'new_patient', 'New Patient', 0, 1800],
  [11, 'reserved', 'Reserved', 1, 900],
  [12, 'health_and_behavioral_assessment', 'Health and Behavioral Assessment', 0, 900],
  [13, 'preventive_care_services', 'Preventive Care Services', 0, 900],
  [14, 'ophthalmological_services', 'Ophthalmological Services', 0, 900],
  [15, 'group_therapy', 'Group Therapy', 3, 3600],
] as const;

export function addLists(add: AddRow): void {
  for (const [list_id, options] of Object.entries(LISTS)) {
    for (const [index, [option_id, title, codes = '']] of options.entries()) {
      add('list_options', {
        list_id,
        option_id,
        title,
        seq: index * 10,
        is_default: Number(index === 0),
        codes,
        toggle_setting_1: Number(list_id === 'apptstat' && '@~'.includes(option_id)),
        toggle_setting_2: Number(list_id === 'apptstat' && '>!'.includes(option_id)),
        activity: 1,
        timestamp: '2018-03-01 09:00:00',
        last_updated: '2018-03-01 09:00:00',
      });
    }
  }
  for (const [pc_catid, pc_constant_id, pc_catname, pc_cattype, pc_duration] of CATEGORIES) {
    add('openemr_postcalendar_categories', {
      pc_catid,
      pc_constant_id,
      pc_catname,
      pc_catcolor: '#FFFFCC',
      pc_catdesc: pc_catname,
      pc_duration,
      pc_cattype,
      pc_active: 1,
      pc_seq: pc_catid,
      pc_last_updated: '2018-03-01 09:00:00',
    });
  }
}
