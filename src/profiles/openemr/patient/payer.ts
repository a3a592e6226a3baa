/** The insurance company: name, address and telephone number come from three tables, which a shared counter of ids holds together. */
import type { Transform } from '../../../mapping/mapping.ts';
import { raiseFlag, keepRaw } from '../../../mapping/row-notes.ts';
import type { Lookup } from '../lookups.ts';
import { phoneOfSite } from '../phones.ts';
import { clean } from '../text.ts';
import { postalAddress } from './postal-address.ts';

const ofPayer = `SELECT t.id FROM insurance_data t WHERE t.provider = ?`;
const text = 'patient_data.occupation';
const rowsOf = (table: string, columns: readonly string[]): string =>
  `SELECT CAST(JSON_ARRAYAGG(JSON_ARRAY(${columns.map((column) => `r.${column}`).join(', ')})) AS CHAR)
FROM ${table} r WHERE r.foreign_id = payer.id`;

/** By the text that names it: fields `payer_id`, `payer_name`, `payer_addresses`, `payer_phones`. */
export const lookUpPayer: Lookup = {
  joins: `LEFT JOIN insurance_companies payer ON payer.id = CAST(t.provider AS UNSIGNED) AND payer.id > 0`,
  fields: {
    payer_id: { sql: 'payer.id', like: 'insurance_companies.id' },
    payer_name: { sql: 'payer.name', like: 'insurance_companies.name' },
    payer_addresses: {
      sql: rowsOf('addresses', ['id', 'line1', 'line2', 'city', 'state', 'zip', 'plus_four', 'country']),
      like: text,
    },
    payer_phones: {
      sql: rowsOf('phone_numbers', ['id', 'type', 'country_code', 'area_code', 'prefix', 'number']),
      like: text,
    },
  },
  watches: [
    { table: 'insurance_companies', inputs: ['id'], keys: ofPayer },
    { table: 'addresses', inputs: ['foreign_id'], keys: ofPayer },
    { table: 'phone_numbers', inputs: ['foreign_id'], keys: ofPayer },
  ],
};

const WHOLE = /^\s*\d+\s*$/;
const NAMES_NOTHING = /^\s*0*\s*$/;
/** MySQL finds the company 1 under `1abc` too. */
const isNamed = (provider: string | null | undefined): boolean => WHOLE.test(provider ?? '');

/** The key of the company that the text names. */
export const payerKey: Transform = {
  name: 'payerKey',
  apply: (provider, id) => {
    if (provider == null || NAMES_NOTHING.test(provider)) return null;
    if (isNamed(provider) && id != null) return id;
    raiseFlag(isNamed(provider) ? 'payer_legacy_id_orphan' : 'payer_legacy_id_invalid');
    keepRaw('provider', provider);
    return null;
  },
};

export const payerName: Transform = {
  name: 'payerName',
  apply: (provider, name) => (isNamed(provider) ? clean(name ?? null) : null),
};

type Texts = (string | null)[];

function rowsIn(json: string | null | undefined): [id: number, ...Texts][] {
  const rows = JSON.parse(json ?? '[]') as [number, ...Texts][];
  return rows.toSorted(([a], [b]) => Number(a) - Number(b));
}

/** Of several addresses the oldest, flagged: their key of the company is that of other things too. */
export const payerAddress: Transform = {
  name: 'payerAddress',
  apply: (provider, addresses) => {
    if (!isNamed(provider)) return null;
    const rows = rowsIn(addresses);
    if (rows.length === 0) return null;
    if (rows.length > 1) raiseFlag('payer_address_many');
    const [, line1, line2, city, state, zip, plusFour, country] = rows[0]!;
    return postalAddress({ line1, line2, city, state, zip, plusFour, country });
  },
};

const WORK = 2;
const FAX = 5;
const toE164 = phoneOfSite('payer_phone', 'phone_numbers');

/** The number at work; without one the oldest that is no fax. */
export const payerPhone: Transform = {
  name: `payerPhone(${toE164.name})`,
  apply: (provider, phones, callingCode) => {
    if (!isNamed(provider)) return null;
    const rows = rowsIn(phones).filter(([, type]) => Number(type) !== FAX);
    const row = rows.find(([, type]) => Number(type) === WORK) ?? rows[0];
    if (!row) return null;
    const [, , country, ...digits] = row;
    const number = digits.map((part) => part ?? '').join('');
    if (number.trim() === '') return null;
    const code = country?.replaceAll(/\D/g, '') ?? '';
    return toE164.apply(code === '' ? number : `+${code}${number}`, callingCode ?? null);
  },
};
