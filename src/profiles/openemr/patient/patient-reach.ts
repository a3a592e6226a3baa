/** How a patient is reached, and what for. */
import { apply, type ColumnDeclaration } from '../../../mapping/declare.ts';
import { email } from '../../../mapping/transforms/index.ts';
import { country } from '../countries.ts';
import { optionalColumns } from '../optional-column.ts';
import { phoneOfSite } from '../phones.ts';
import type { Site } from '../site.ts';
import { aside, txt } from '../text.ts';
import { consent } from './demographics.ts';
import { state } from './state.ts';

type Declared = Record<string, ColumnDeclaration>;

export function reachedBy(site: Site): Declared {
  const optional = optionalColumns(site, 'patient_data');
  const phone = (target: string, source: string): ColumnDeclaration => [
    'text',
    apply(phoneOfSite(target, source), source, 'calling_code'),
    'identifier',
  ];
  return {
    email: ['text', apply(email(aside('email', 'email')), 'email'), 'identifier'],
    email_direct: ['text', apply(email(aside('email_direct', 'email_direct')), 'email_direct'), 'identifier'],
    phone_home: phone('phone_home', 'phone_home'),
    phone_work: phone('phone_work', 'phone_biz'),
    phone_mobile: phone('phone_mobile', 'phone_cell'),
    phone_emergency: phone('phone_emergency', 'phone_contact'),
    address_line1: ['text', apply(txt, 'street'), 'identifier'],
    address_line2: ['text', optional(txt, 'street_line_2'), 'identifier'],
    city: ['text', apply(txt, 'city'), 'identifier'],
    county: ['text', optional(txt, 'county'), 'identifier'],
    state: ['text', apply(state, 'state', 'country_code')],
    postal_code: ['text', apply(txt, 'postal_code'), 'identifier'],
    country: ['text', apply(country('country', 'country_code'), 'country_code')],
  };
}

export function consents(): Declared {
  const asked = {
    consent_portal: 'allow_patient_portal',
    consent_sms: 'hipaa_allowsms',
    consent_email: 'hipaa_allowemail',
    consent_mail: 'hipaa_mail',
    consent_voice: 'hipaa_voice',
    consent_hie: 'allow_health_info_ex',
  };
  return Object.fromEntries(
    Object.entries(asked).map(([target, source]) => [
      target,
      ['boolean', apply(consent(target, source), source)] as const,
    ]),
  );
}
