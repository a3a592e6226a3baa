import type { Mapping } from '../../../mapping/mapping.ts';
import type { Site } from '../site.ts';
import { documentMapping } from './document.ts';
import { encounterMapping } from './encounter.ts';
import { portalMailMapping } from './message-portal.ts';
import { staffNoteMapping } from './message-staff.ts';
import { clinicalNoteMapping, dictationMapping, soapMapping } from './note-forms.ts';
import { historyMapping } from './note-history.ts';
import { layoutFormMapping, transactionMapping } from './note-layout.ts';
import { structuredMappings } from './note-structured.ts';
import { vitalSignsMapping } from './vital-signs.ts';

/** What was written down of visits and around them: encounters, notes, vital signs, documents, messages. */
export function documentationMappings(site: Site): Mapping[] {
  const where = (tables: readonly string[], mapping: (site: Site) => Mapping): Mapping[] =>
    tables.every((table) => site.has(table)) ? [mapping(site)] : [];
  return [
    encounterMapping(site),
    vitalSignsMapping(site),
    soapMapping(site),
    historyMapping(site),
    ...where(['form_clinical_notes'], clinicalNoteMapping),
    ...where(['form_dictation'], dictationMapping),
    ...structuredMappings(site),
    ...where(['lbf_data', 'layout_options'], layoutFormMapping),
    ...where(['transactions', 'lbt_data', 'layout_options'], transactionMapping),
    documentMapping(site),
    staffNoteMapping(site),
    portalMailMapping(site),
  ];
}
