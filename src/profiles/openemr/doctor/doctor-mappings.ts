import type { Mapping } from '../../../mapping/mapping.ts';
import type { Site } from '../site.ts';
import { facilitySpecialtyMapping, taxonomySpecialtyMapping } from './coded-specialties.ts';
import { doctorMapping } from './doctor-mapping.ts';
import { externalHolidayMapping } from './external-holiday-mapping.ts';
import { facilityMapping } from './facility-mapping.ts';
import { matchedSpecialtyMapping } from './matched-specialties.ts';
import { scheduleMapping } from './schedule-mapping.ts';
import { specialtyMapping } from './specialty-mapping.ts';
import { staffAccountMapping } from './staff-account-mapping.ts';
import { strayCredentialsMapping } from './stray-credentials-mapping.ts';

/** The mappings of the doctor service. */
export function doctorMappings(site: Site): Mapping[] {
  return [
    facilityMapping(site),
    doctorMapping(site),
    specialtyMapping(),
    facilitySpecialtyMapping(),
    taxonomySpecialtyMapping(),
    matchedSpecialtyMapping(),
    scheduleMapping(site),
    ...(site.has('calendar_external', 'date') ? [externalHolidayMapping(site)] : []),
    staffAccountMapping(site),
    strayCredentialsMapping(),
  ];
}
