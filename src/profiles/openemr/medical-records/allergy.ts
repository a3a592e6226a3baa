import { apply, columns } from '../../../mapping/declare.ts';
import type { Mapping } from '../../../mapping/mapping.ts';
import { queryWith } from '../lookups.ts';
import type { Site } from '../site.ts';
import { txt } from '../text.ts';
import { dayOf } from './codes-day.ts';
import { lookUpOptions, titleOf, type Option } from './codes-options.ts';
import { codesOf } from './codes.ts';
import { entryColumns, LISTS, lookUpEntry, recordedBy, verification } from './condition-entry.ts';
import { hasNotEnded } from './condition-status.ts';
import { ALLERGY, onlyType } from './condition-type.ts';

const REACTION: Option = { column: 'reaction', lists: ['reaction'], withCodes: true };
const SEVERITY: Option = { column: 'severity_al', lists: ['severity_ccda'] };

/** Entries of `lists` of the type allergy. */
export function allergyMapping(site: Site): Mapping {
  return {
    shape: 'query',
    id: 'allergies',
    service: 'medical-records',
    source: { table: LISTS.table },
    target: { schema: 'medical_records', table: 'allergy' },
    where: onlyType(ALLERGY),
    query: queryWith(...lookUpEntry(site), lookUpOptions(LISTS, [REACTION, SEVERITY])),
    columns: columns({
      ...entryColumns(site),
      substance: ['text', apply(txt, 'title'), 'critical'],
      codes: ['jsonb!', apply(codesOf('codes', 'diagnosis'), 'diagnosis'), 'critical'],
      reaction: ['text', titleOf(REACTION, 'reaction'), 'critical'],
      reaction_code: ['text', apply(txt, 'reaction_codes'), 'critical'],
      severity: ['text', titleOf(SEVERITY, 'severity'), 'critical'],
      verification_status: verification(site),
      onset_date: ['date', apply(dayOf('onset_date', 'begdate'), 'begdate'), 'clinical'],
      abatement_date: ['date', apply(dayOf('abatement_date', 'enddate'), 'enddate'), 'clinical'],
      active: ['boolean!', apply(hasNotEnded(site.cutoverDate), 'enddate'), 'critical'],
      comments: ['text', apply(txt, 'comments'), 'clinical'],
      recorded_by: recordedBy,
    }),
  };
}
