/** An address of the table `addresses`, joined as `place`. */
import { apply, type ColumnDeclaration } from '../../../mapping/declare.ts';
import type { QueryField, Transform } from '../../../mapping/mapping.ts';
import { keepRaw } from '../../../mapping/row-notes.ts';
import { country } from '../countries.ts';
import type { Site } from '../site.ts';
import { clean, txt } from '../text.ts';
import { state } from './state.ts';
import { zipCode } from './zip-code.ts';

const COLUMNS = ['line1', 'line2', 'city', 'state', 'zip', 'plus_four', 'country'];

const hasDistrict = ({ has }: Site): boolean => has('addresses', 'district');

/** Fields `place_<column>`. */
export function placeFields(site: Site): Record<string, QueryField> {
  const read = [...COLUMNS, ...(hasDistrict(site) ? ['district'] : [])];
  return Object.fromEntries(
    read.map((column) => [`place_${column}`, { sql: `place.\`${column}\``, like: `addresses.${column}` }]),
  );
}

/** The columns of a contact that the fields fill. */
export function placeColumns(site: Site): Record<string, ColumnDeclaration> {
  return {
    address_line1: ['text', apply(txt, 'place_line1'), 'identifier'],
    address_line2: ['text', apply(txt, 'place_line2'), 'identifier'],
    city: [
      'text',
      hasDistrict(site) ? apply(cityAndDistrict, 'place_city', 'place_district') : apply(txt, 'place_city'),
      'identifier',
    ],
    state: ['text', apply(state, 'place_state', 'place_country')],
    postal_code: ['text', apply(zipCode, 'place_zip', 'place_plus_four'), 'identifier'],
    country: ['text', apply(country('country', 'country'), 'place_country')],
  };
}

/** The district has no column: it is kept. */
const cityAndDistrict: Transform = {
  name: 'cityAndDistrict',
  apply: (city, district) => {
    const text = clean(district ?? null);
    if (text !== null) keepRaw('district', text);
    return clean(city ?? null);
  },
};
