/** Notes written into forms of their own: SOAP, clinical notes, dictations. */
import { apply, constant } from '../../../mapping/declare.ts';
import type { QueryMapping } from '../../../mapping/mapping.ts';
import { fhirUuid, lookUpFhirUuid } from '../fhir-uuid.ts';
import type { Site } from '../site.ts';
import { txt } from '../text.ts';
import { formNote } from './note-base.ts';
import { noteCode, noteCodeSystem } from './note-code.ts';
import { bodyFormat, sectionsOf } from './note-text.ts';

const SOAP = ['subjective', 'objective', 'assessment', 'plan'];

export function soapMapping(site: Site): QueryMapping {
  return formNote(
    site,
    { table: 'form_soap', formdir: 'soap' },
    {
      columns: {
        kind: ['text!', constant('soap')],
        body_format: ['text!', constant('structured')],
        sections: ['jsonb', apply(sectionsOf(SOAP), ...SOAP), 'clinical'],
      },
    },
  );
}

/** Several rows are one form. */
export function clinicalNoteMapping(site: Site): QueryMapping {
  const table = 'form_clinical_notes';
  return formNote(
    site,
    { table, formdir: 'clinical_notes', formId: 'form_id' },
    {
      lookups: [lookUpFhirUuid(site, table)],
      columns: {
        kind: ['text!', constant('clinical_note')],
        title: ['text', apply(txt, 'codetext'), 'clinical'],
        body: ['text', apply(txt, 'description'), 'clinical'],
        body_format: ['text!', apply(bodyFormat, 'description')],
        code_system: ['text', apply(noteCodeSystem, 'code'), 'clinical'],
        code: ['text', apply(noteCode, 'code'), 'clinical'],
        fhir_uuid: fhirUuid(site, table),
      },
    },
  );
}

export function dictationMapping(site: Site): QueryMapping {
  return formNote(
    site,
    { table: 'form_dictation', formdir: 'dictation' },
    {
      columns: {
        kind: ['text!', constant('dictation')],
        body: ['text', apply(txt, 'dictation'), 'clinical'],
        body_format: ['text!', apply(bodyFormat, 'dictation')],
        sections: ['jsonb', apply(sectionsOf(['additional_notes']), 'additional_notes'), 'clinical'],
      },
    },
  );
}
