import type { Mapping } from '../../../mapping/mapping.ts';
import type { Site } from '../site.ts';
import { occurrencesMapping } from './occurrences.ts';
import { seriesMapping } from './series.ts';
import { singleAppointmentsMapping } from './single-appointments.ts';
import { statusEventsMapping } from './status-events.ts';
import { missingTypesMapping, typesMapping } from './types.ts';

/** The mappings of the appointment service. */
export function appointmentMappings(site: Site): Mapping[] {
  return [
    typesMapping,
    missingTypesMapping,
    seriesMapping(site),
    singleAppointmentsMapping(site),
    occurrencesMapping(site),
    statusEventsMapping(site),
  ];
}
