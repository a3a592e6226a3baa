import type { Expression, Mapping, Transform } from '../../../mapping/mapping.ts';
import { apply, columns, constant, everythingElse, flags, from, uuid } from '../../../mapping/declare.ts';
import { raiseFlag } from '../../../mapping/row-notes.ts';
import { email } from '../../../mapping/transforms/index.ts';
import { country } from '../countries.ts';
import { fhirUuid, lookUpFhirUuid } from '../fhir-uuid.ts';
import type { Site } from '../site.ts';
import { aside, clean, txt } from '../text.ts';
import { npiValid, phoneOf, truth } from './staff-values.ts';
import { encryptedTaxId, taxIdLast4 } from './tax-id.ts';

/** People have to be able to tell one from the other. */
const facilityName: Transform = {
  name: 'facilityName',
  apply: (name, id) => {
    const text = clean(name ?? null);
    if (text === null) raiseFlag('name_missing');
    return text ?? `facility ${id}`;
  },
};

const isOpen: Transform = {
  name: 'isOpen',
  apply: (inactive) => (truth('f').apply(inactive) === 't' ? 'f' : 't'),
};

/** facility → doctor.facility */
export function facilityMapping(site: Site): Mapping {
  const active: Expression = site.has('facility', 'inactive') ? apply(isOpen, 'inactive') : constant('t');
  return {
    shape: 'query',
    id: 'facility',
    service: 'doctor',
    source: { table: 'facility' },
    secrets: ['federal_ein'],
    target: { schema: 'doctor', table: 'facility' },
    query: { joins: '', fields: { ...lookUpFhirUuid(site, 'facility').fields }, watches: [] },
    columns: columns({
      id: ['uuid!', uuid('facility', 'id')],
      name: ['text!', apply(facilityName, 'name', 'id')],
      phone: ['text', apply(phoneOf('phone', 'phone'), 'phone')],
      fax: ['text', apply(phoneOf('fax', 'fax'), 'fax')],
      email: ['text', apply(email(aside('email', 'email')), 'email')],
      website: ['text', apply(txt, 'website')],
      address_line1: ['text', apply(txt, 'street')],
      city: ['text', apply(txt, 'city')],
      state: ['text', apply(txt, 'state')],
      postal_code: ['text', apply(txt, 'postal_code')],
      country: ['text', apply(country('country', 'country_code'), 'country_code')],
      npi: ['text', apply(txt, 'facility_npi')],
      npi_valid: ['boolean', apply(npiValid, 'facility_npi')],
      tax_id_ciphertext: ['bytea', apply(encryptedTaxId(site, 'facility'), 'federal_ein'), 'critical'],
      tax_id_last4: ['text', apply(taxIdLast4, 'federal_ein'), 'critical'],
      timezone: ['text!', constant(site.timeZone)],
      color: ['text', apply(txt, 'color')],
      is_service_location: ['boolean', apply(truth(null), 'service_location')],
      is_billing_location: ['boolean', apply(truth(null), 'billing_location')],
      active: ['boolean!', active],
      fhir_uuid: fhirUuid(site, 'facility'),
      legacy_table: ['text!', constant('facility')],
      legacy_id: ['text!', from('id')],
      extra: ['jsonb!', everythingElse],
      dq_flags: ['text[]!', flags],
    }),
  };
}
