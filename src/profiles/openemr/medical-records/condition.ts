import { apply, columns, constant } from '../../../mapping/declare.ts';
import type { Mapping } from '../../../mapping/mapping.ts';
import { queryWith } from '../lookups.ts';
import type { Site } from '../site.ts';
import { txt } from '../text.ts';
import { dayOf } from './codes-day.ts';
import { lookUpOptions, titleOf, type Option } from './codes-options.ts';
import { codesOf } from './codes.ts';
import { entryColumns, LISTS, lookUpEntry, recordedBy, verification } from './condition-entry.ts';
import { clinicalStatus, isHidden } from './condition-status.ts';
import { conditionKind, onlyConditions } from './condition-type.ts';

const OCCURRENCE: Option = { column: 'occurrence', lists: ['occurrence'] };
const OUTCOME: Option = { column: 'outcome', lists: ['outcome'] };

/** Entries of `lists` that are neither allergies nor medication. */
export function conditionMapping(site: Site): Mapping {
  return {
    shape: 'query',
    id: 'conditions',
    service: 'medical-records',
    source: { table: LISTS.table },
    target: { schema: 'medical_records', table: 'condition' },
    where: onlyConditions,
    query: queryWith(...lookUpEntry(site), lookUpOptions(LISTS, [OCCURRENCE, OUTCOME])),
    columns: columns({
      ...entryColumns(site),
      kind: ['text!', apply(conditionKind, 'type'), 'clinical'],
      title: ['text', apply(txt, 'title'), 'clinical'],
      codes: ['jsonb!', apply(codesOf('codes', 'diagnosis'), 'diagnosis'), 'critical'],
      onset_date: ['date', apply(dayOf('onset_date', 'begdate'), 'begdate'), 'clinical'],
      abatement_date: ['date', apply(dayOf('abatement_date', 'enddate'), 'enddate'), 'clinical'],
      clinical_status: ['text', apply(clinicalStatus(site.cutoverDate), 'enddate', 'outcome'), 'critical'],
      verification_status: verification(site),
      occurrence: ['text', titleOf(OCCURRENCE, 'occurrence'), 'clinical'],
      outcome: ['text', titleOf(OUTCOME, 'outcome'), 'clinical'],
      comments: ['text', apply(txt, 'comments'), 'clinical'],
      hidden: ['boolean!', apply(isHidden, 'activity'), 'clinical'],
      device_udi: ['text', site.has(LISTS.table, 'udi') ? apply(txt, 'udi') : constant(null), 'identifier'],
      recorded_by: recordedBy,
    }),
  };
}
