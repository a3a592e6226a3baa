/** Telephone numbers of a site, which has one country unless a number says another. */
import { getCountries, getCountryCallingCode } from 'libphonenumber-js/max';
import type { Transform } from '../../mapping/mapping.ts';
import { phone } from '../../mapping/transforms/index.ts';
import type { Lookup } from './lookups.ts';
import { doubting } from './text.ts';

/** Where several countries share a calling code, the one whose plan it is. */
const FIRST_OF_SHARED: Readonly<Record<string, string>> = {
  1: 'US',
  7: 'RU',
  39: 'IT',
  44: 'GB',
  47: 'NO',
  61: 'AU',
  212: 'MA',
  262: 'RE',
  290: 'SH',
  358: 'FI',
  590: 'GP',
  599: 'CW',
};

const COUNTRIES: ReadonlyMap<string, string> = new Map([
  ...getCountries().map((country) => [String(getCountryCallingCode(country)), country] as const),
  ...Object.entries(FIRST_OF_SHARED),
]);

/** What a new installation is set to. */
const DEFAULT_COUNTRY = 'US';

/** The setting of the site that says of which country its numbers are, as the field `calling_code`: `1` is North America. */
export function lookUpCallingCode({ table, key }: { table: string; key: string }): Lookup {
  return {
    fields: {
      calling_code: {
        sql: `SELECT g.gl_value FROM globals g WHERE g.gl_name = 'phone_country_code' AND g.gl_index = 0`,
        like: 'globals.gl_value',
      },
    },
    watches: [
      {
        table: 'globals',
        inputs: ['gl_name'],
        keys: `SELECT t.\`${key}\` FROM \`${table}\` t WHERE ? = 'phone_country_code'`,
      },
    ],
  };
}

/** A number in E.164; the second input is the site's calling code. Flags as of `phone`, behind the target column. */
export function phoneOfSite(target: string, source: string): Transform {
  const byCountry = new Map<string, Transform>();
  const transformFor = (country: string): Transform => {
    let transform = byCountry.get(country);
    if (!transform)
      byCountry.set(country, (transform = doubting((policy) => phone(country, policy), target, source)));
    return transform;
  };
  return {
    name: `phoneOfSite(${transformFor(DEFAULT_COUNTRY).name})`,
    apply: (raw, callingCode) => {
      if (raw === null || raw.trim() === '') return null;
      const country = COUNTRIES.get(callingCode?.replaceAll(/\D/g, '') ?? '') ?? DEFAULT_COUNTRY;
      return transformFor(country).apply(raw);
    },
  };
}
