import type { Mapping } from '../../../mapping/mapping.ts';
import type { Site } from '../site.ts';
import { documentationMappings } from './documentation-mappings.ts';
import { clinicalListMappings } from './clinical-list-mappings.ts';

/** The mappings of the medical records service. */
export function medicalRecordsMappings(site: Site): Mapping[] {
  return [...documentationMappings(site), ...clinicalListMappings(site)];
}
