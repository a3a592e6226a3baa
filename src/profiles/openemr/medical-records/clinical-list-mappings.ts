import type { Mapping } from '../../../mapping/mapping.ts';
import type { Site } from '../site.ts';
import { allergyMapping } from './allergy.ts';
import { conditionEncounterMapping } from './condition-encounter.ts';
import { conditionMapping } from './condition.ts';
import { immunizationMapping } from './immunization.ts';
import { listedMedicationMapping } from './medication-list.ts';
import { prescriptionMapping } from './medication-prescription.ts';
import { orderMapping } from './order.ts';
import { bareReportMapping } from './result-bare.ts';
import { resultMapping } from './result.ts';

/** What a patient has, takes and was tested for: conditions, allergies, medications, immunizations, orders, results. */
export function clinicalListMappings(site: Site): Mapping[] {
  return [
    conditionMapping(site),
    allergyMapping(site),
    prescriptionMapping(site),
    listedMedicationMapping(site),
    conditionEncounterMapping(site),
    immunizationMapping(site),
    orderMapping(site),
    resultMapping(site),
    bareReportMapping(site),
  ];
}
