import { apply, columns, constant, reference } from '../../../mapping/declare.ts';
import type { ColumnDeclaration } from '../../../mapping/declare.ts';
import type { Mapping } from '../../../mapping/mapping.ts';
import { queryWith, type Lookup } from '../lookups.ts';
import type { Site } from '../site.ts';
import { txt } from '../text.ts';
import { dayOf } from './codes-day.ts';
import { entryColumns, LISTS, lookUpEntry } from './condition-entry.ts';
import { isListType, MEDICATION, onlyType } from './condition-type.ts';
import { hasDetails, keepingDetails, keptDetails, lookUpDetails } from './medication-details.ts';
import { intentOf, listedStatus, rxnormAmongCodes } from './medication-values.ts';

/** Entries of `lists` of the type medication. */
export function listedMedicationMapping(site: Site): Mapping {
  const isCertain = site.has(LISTS.table, 'verification');
  const twin = reference('prescriptions', {
    input: 'prescription_id',
    found: 'twin_key',
    onOrphan: { flag: 'linked_medication_id' },
  });
  const none: ColumnDeclaration = ['text', constant(null), 'clinical'];
  return {
    shape: 'query',
    id: 'medications_listed',
    service: 'medical-records',
    source: { table: LISTS.table },
    target: { schema: 'medical_records', table: 'medication' },
    where: onlyType(MEDICATION),
    query: queryWith(
      ...lookUpEntry(site),
      ...(hasDetails(site) ? [lookUpDetails(site)] : []),
      lookUpTwin(hasDetails(site)),
    ),
    columns: columns({
      ...entryColumns(site),
      encounter_id: ['uuid', constant(null)],
      prescriber_id: ['uuid', constant(null)],
      source: ['text!', constant('medication_list')],
      linked_medication_id: ['uuid', twin],
      drug_name: ['text', apply(txt, 'title'), 'critical'],
      rxnorm_code: ['text', apply(rxnormAmongCodes, 'diagnosis'), 'critical'],
      strength: none,
      strength_unit: none,
      dose_form: none,
      dose_quantity: none,
      route: none,
      frequency: none,
      prn: none,
      dispense_quantity: none,
      refills: ['integer', constant(null), 'clinical'],
      ...details(site),
      indication: none,
      start_date: ['date', apply(dayOf('start_date', 'begdate'), 'begdate'), 'clinical'],
      end_date: ['date', apply(dayOf('end_date', 'enddate'), 'enddate'), 'clinical'],
      status: [
        'text!',
        apply(listedStatus(site.cutoverDate), 'enddate', ...(isCertain ? ['verification'] : [])),
        'critical',
      ],
      note: ['text', apply(txt, 'comments'), 'clinical'],
    }),
  };
}

function details(site: Site): Record<'instructions' | 'intent', ColumnDeclaration> {
  if (!hasDetails(site)) {
    const none: ColumnDeclaration = ['text', constant(null), 'clinical'];
    return { instructions: none, intent: none };
  }
  const kept = keptDetails(site);
  return {
    instructions: [
      'text',
      apply(keepingDetails(txt, 1, kept), 'drug_dosage_instructions', ...kept),
      'clinical',
    ],
    intent: ['text', apply(intentOf, 'request_intent', 'request_intent_title'), 'clinical'],
  };
}

/**
 * The prescription that the entry repeats, of the same patient: the one that its details name; where they name none, the newest of the
 * same drug that says that it is in the list too.
 */
function lookUpTwin(hasDetails: boolean): Lookup {
  // The other types, which are most of the table, are read by this query too, and filtered.
  const ofMedication = (sql: string): string => `IF(${isListType('t', MEDICATION)}, (${sql}), NULL)`;
  const byName = ofMedication(
    `SELECT MAX(b.id) FROM prescriptions b WHERE b.patient_id = t.pid AND b.medication = 1 AND TRIM(b.drug) = TRIM(t.title) AND t.title <> ''`,
  );
  const byDetails =
    'SELECT d.id FROM prescriptions d WHERE d.id = m.prescription_id AND d.patient_id = t.pid';
  const isNamed = 'm.prescription_id > 0';
  const field = (sql: string) => ({ sql, like: 'prescriptions.id' });
  return {
    fields: hasDetails
      ? {
          prescription_id: field(`IF(${isNamed}, m.prescription_id, ${byName})`),
          twin_key: field(`IF(${isNamed}, (${byDetails}), ${byName})`),
        }
      : { prescription_id: field(byName), twin_key: field(byName) },
    watches: [
      {
        table: 'prescriptions',
        inputs: ['patient_id'],
        keys: 'SELECT t.id FROM lists t WHERE t.pid = ?',
      },
    ],
  };
}
