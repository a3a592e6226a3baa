import type { Mapping } from '../../../mapping/mapping.ts';
import type { Site } from '../site.ts';
import { accountMapping } from './account.ts';
import { contactPoints } from './contact-points.ts';
import { contactsInColumns } from './contacts-in-columns.ts';
import { coverageMapping } from './coverage.ts';
import { employerMapping } from './employer.ts';
import { patientMapping } from './patient.ts';
import { previousNameMapping } from './previous-name.ts';
import { relatedPersonMapping } from './related-person.ts';

/** The mappings of the patient service. */
export function patientMappings(site: Site): Mapping[] {
  return [
    patientMapping(site),
    accountMapping(site),
    ...contactsInColumns(site),
    employerMapping(site),
    ...previousNameMapping(site),
    ...contactPoints(site),
    ...relatedPersonMapping(site),
    coverageMapping(site),
  ];
}
