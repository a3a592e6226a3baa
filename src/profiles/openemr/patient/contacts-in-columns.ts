/** People who are kept in columns of their patient: each becomes a contact of its own. */
import { refuse } from '../../../core/reject-reasons.ts';
import { apply, columns, constant, flags, uuid, type ColumnDeclaration } from '../../../mapping/declare.ts';
import type { Mapping, Transform } from '../../../mapping/mapping.ts';
import { email } from '../../../mapping/transforms/index.ts';
import { saysNothing } from '../../../mapping/transforms/says-nothing.ts';
import { country } from '../countries.ts';
import { queryWith } from '../lookups.ts';
import { lookUpCallingCode, phoneOfSite } from '../phones.ts';
import type { Site } from '../site.ts';
import { aside, txt } from '../text.ts';
import { contactColumns } from './contact-columns.ts';
import { state } from './state.ts';

/** All that the contacts tell, and the patient therefore need not. Phone and name of the emergency contact are not among them. */
export const CONTACT_COLUMNS = [
  'mothersname',
  'guardiansname',
  'guardianrelationship',
  'guardiansex',
  'guardianaddress',
  'guardiancity',
  'guardianstate',
  'guardianpostalcode',
  'guardiancountry',
  'guardianphone',
  'guardianworkphone',
  'guardianemail',
  'contact_relationship',
] as const;

interface InColumns {
  kind: 'guardian' | 'mother' | 'emergency';
  /** One of them says that there is somebody. */
  tellers: readonly string[];
  declared: Record<string, ColumnDeclaration>;
  /** What has no column of its own. */
  extra?: readonly string[];
}

export function contactsInColumns(site: Site): Mapping[] {
  const contacts: InColumns[] = [
    {
      kind: 'guardian',
      tellers: ['guardiansname', 'guardianphone', 'guardianworkphone', 'guardianemail', 'guardianaddress'],
      declared: guardian(),
      extra: ['guardiansex'],
    },
    { kind: 'mother', tellers: ['mothersname'], declared: { name: name('mothersname') } },
    {
      kind: 'emergency',
      tellers: ['contact_relationship', 'phone_contact'],
      declared: { name: name('contact_relationship'), phone: phone('phone', 'phone_contact') },
    },
  ];
  return contacts
    .filter(({ tellers }) => tellers.every((column) => site.has('patient_data', column)))
    .map(contactInColumns);
}

function contactInColumns({ kind, tellers, declared, extra = [] }: InColumns): Mapping {
  return {
    shape: 'query',
    id: `patient_contact_${kind}`,
    service: 'patient',
    source: { table: 'patient_data' },
    target: { schema: 'patient', table: 'patient_contact' },
    query: queryWith('phone' in declared ? lookUpCallingCode({ table: 'patient_data', key: 'pid' }) : {}),
    where: {
      inputs: [...tellers],
      description: `patients for whom nobody is named as ${kind} have no such contact`,
      accepts: (...values) => values.some((value) => value !== null && !saysNothing(value.trim())),
      atSource: tellers.map((column) => `\`${column}\` <> ''`).join(' OR '),
    },
    columns: columns({
      id: ['uuid!', uuid(`patient_data:${kind}`, 'pid'), 'identifier'],
      patient_id: ['uuid!', uuid('patient_data', 'pid'), 'identifier'],
      kind: ['text!', constant(kind)],
      ...contactColumns(declared),
      legacy_table: ['text!', constant('patient_data')],
      legacy_id: ['text!', apply(keyOf(kind), 'pid'), 'identifier'],
      dq_flags: ['text[]!', flags],
      extra: ['jsonb!', { kind: 'extra', columns: extra }, 'identifier'],
    }),
  };
}

function keyOf(kind: string): Transform {
  return {
    name: `keyOfContact(${kind})`,
    apply: (pid) => (pid === '0' ? refuse('transform_refused') : `${pid}:${kind}`),
  };
}

function guardian(): Record<string, ColumnDeclaration> {
  return {
    relationship: ['text', apply(txt, 'guardianrelationship')],
    name: name('guardiansname'),
    phone: phone('phone', 'guardianphone'),
    phone_work: phone('phone_work', 'guardianworkphone'),
    email: ['text', apply(email(aside('email', 'guardianemail')), 'guardianemail'), 'identifier'],
    address_line1: ['text', apply(txt, 'guardianaddress'), 'identifier'],
    city: ['text', apply(txt, 'guardiancity'), 'identifier'],
    state: ['text', apply(state, 'guardianstate', 'guardiancountry')],
    postal_code: ['text', apply(txt, 'guardianpostalcode'), 'identifier'],
    country: ['text', apply(country('country', 'guardiancountry'), 'guardiancountry')],
  };
}

const name = (source: string): ColumnDeclaration => ['text', apply(txt, source), 'identifier'];

const phone = (target: string, source: string): ColumnDeclaration => [
  'text',
  apply(phoneOfSite(target, source), source, 'calling_code'),
  'identifier',
];
