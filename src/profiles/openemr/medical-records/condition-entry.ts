/** What all entries of `lists` have in common, whatever table they become. */
import { apply, constant, reference, uuid } from '../../../mapping/declare.ts';
import type { ColumnDeclaration } from '../../../mapping/declare.ts';
import { fhirUuid, lookUpFhirUuid } from '../fhir-uuid.ts';
import { lookUp, type Lookup } from '../lookups.ts';
import type { Site } from '../site.ts';
import { moment, txt } from '../text.ts';
import { origin } from './codes-origin.ts';
import { verificationStatus } from './condition-status.ts';

export const LISTS = { table: 'lists', key: 'id' };

/** For the columns of an entry. */
export function lookUpEntry(site: Site): Lookup[] {
  return [
    lookUp('patient', { table: 'patient_data', key: 'pid' }, { source: LISTS, by: 'pid' }),
    lookUpFhirUuid(site, LISTS.table),
  ];
}

type EntryColumn = 'id' | 'patient_id' | 'recorded_at' | 'fhir_uuid' | keyof ReturnType<typeof origin>;

/** Behind `lookUpEntry`. */
export function entryColumns(site: Site): Record<EntryColumn, ColumnDeclaration> {
  const patient = reference('patient_data', { input: 'pid', found: 'patient_key', onOrphan: 'reject' });
  return {
    id: ['uuid!', uuid(LISTS.table, 'id')],
    patient_id: ['uuid!', patient, 'identifier'],
    recorded_at: ['timestamp with time zone', apply(moment(site, 'recorded_at', 'date'), 'date')],
    fhir_uuid: fhirUuid(site, LISTS.table),
    ...origin(LISTS.table, 'id'),
  };
}

/** Who wrote it. */
export const recordedBy: ColumnDeclaration = ['text', apply(txt, 'user')];

/** How sure it is; newer versions only. */
export function verification(site: Site): ColumnDeclaration {
  const isKnown = site.has(LISTS.table, 'verification');
  return ['text', isKnown ? apply(verificationStatus, 'verification') : constant(null), 'clinical'];
}
