/** The mapping of `form_vitals`. */
import { apply, columns, type ColumnDeclaration } from '../../../mapping/declare.ts';
import type { QueryMapping } from '../../../mapping/mapping.ts';
import { fhirUuid, lookUpFhirUuid } from '../fhir-uuid.ts';
import { queryWith } from '../lookups.ts';
import { optionalColumns } from '../optional-column.ts';
import type { Site } from '../site.ts';
import { moment, txt } from '../text.ts';
import { origin } from './codes-origin.ts';
import { formColumns, lookUpForm } from './encounter-form.ts';
import { detailsColumn, lookUpDetails } from './vital-details.ts';
import { MEASURES, typeOf } from './vital-measures.ts';
import { measured } from './vital-values.ts';

const TABLE = 'form_vitals';

export function vitalSignsMapping(site: Site): QueryMapping {
  const optional = optionalColumns(site, TABLE);
  const measures = MEASURES.map((measure): [string, ColumnDeclaration] => [
    measure.target,
    [typeOf(measure), optional(measured(measure), measure.source), 'critical'],
  ]);
  return {
    shape: 'query',
    id: 'vital_signs',
    service: 'medical-records',
    source: { table: TABLE },
    target: { schema: 'medical_records', table: 'vital_signs' },
    query: queryWith(
      lookUpForm({ table: TABLE, formdir: 'vitals' }),
      lookUpDetails(site),
      lookUpFhirUuid(site, TABLE),
    ),
    columns: columns({
      ...formColumns(TABLE),
      measured_at: [
        'timestamp with time zone',
        apply(moment(site, 'measured_at', 'date'), 'date'),
        'clinical',
      ],
      ...Object.fromEntries(measures),
      temperature_site: ['text', apply(txt, 'temp_method'), 'clinical'],
      note: ['text', apply(txt, 'note'), 'clinical'],
      recorded_by: ['text', apply(txt, 'user'), 'identifier'],
      details: detailsColumn(site),
      fhir_uuid: fhirUuid(site, TABLE),
      ...origin(TABLE, 'id'),
    }),
  };
}
