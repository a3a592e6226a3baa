/** Forms that are made of fields: each field of the row becomes a section, by the name of its column. */
import { constant, everythingElse } from '../../../mapping/declare.ts';
import type { QueryMapping } from '../../../mapping/mapping.ts';
import type { Site } from '../site.ts';
import { formNote } from './note-base.ts';

/**
 * Of the forms that come with OpenEMR, those for what was found at a visit, by their names in the registry. Care plans and
 * functional status are not among them: the rows of one form share their id there, and nothing tells them apart.
 */
const FORMDIRS = [
  'ros',
  'reviewofs',
  'physical_exam',
  'clinical_instructions',
  'history_sdoh',
  'sdoh',
  'gad7',
  'phq9',
  'note',
  'clinic_note',
  'bronchitis',
  'ankleinjury',
  'painmap',
  'aftercare_plan',
  'treatment_plan',
  'transfer_summary',
];

/** Those that the source has, of a form that can be mapped: its rows have a key and a patient of their own. */
export function structuredMappings(site: Site): QueryMapping[] {
  const has = (formdir: string, column: string): boolean => site.has(`form_${formdir}`, column);
  return [
    ...FORMDIRS.filter((formdir) => has(formdir, 'id') && has(formdir, 'pid')).map((formdir) =>
      structuredMapping(site, formdir),
    ),
    // Since it has a number for the form, its rows have a key of their own.
    ...(has('observation', 'form_id') ? [structuredMapping(site, 'observation', 'form_id')] : []),
  ];
}

/** For any form whose table is called as the registry calls it, a custom one too. */
export function structuredMapping(site: Site, formdir: string, formId = 'id'): QueryMapping {
  const table = `form_${formdir}`;
  return formNote(
    site,
    { table, formdir, formId },
    {
      columns: {
        kind: ['text!', constant(formdir)],
        body_format: ['text!', constant('structured')],
        sections: ['jsonb', everythingElse, 'clinical'],
        extra: ['jsonb!', { kind: 'extra', columns: [] }, 'clinical'],
      },
    },
  );
}
