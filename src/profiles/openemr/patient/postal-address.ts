/** Addresses in jsonb: keys line1, line2, city, state, postal_code, country, of which those without a value are left out. */
import type { Transform } from '../../../mapping/mapping.ts';
import { countryCode } from '../countries.ts';
import { clean } from '../text.ts';
import { state as stateOf } from './state.ts';
import { zipCode } from './zip-code.ts';

type Part = string | null | undefined;

interface Parts {
  name?: Part;
  line1: Part;
  line2: Part;
  city: Part;
  state: Part;
  zip: Part;
  plusFour?: Part;
  country: Part;
}

/** NULL where nothing is said. A country that is none stays as it is written. */
export function postalAddress({
  name,
  line1,
  line2,
  city,
  state,
  zip,
  plusFour,
  country,
}: Parts): string | null {
  const land = clean(country ?? null);
  const address = {
    name: clean(name ?? null),
    line1: clean(line1 ?? null),
    line2: clean(line2 ?? null),
    city: clean(city ?? null),
    state: stateOf.apply(state ?? null, land),
    postal_code: zipCode.apply(zip ?? null, plusFour ?? null),
    country: land === null ? null : (countryCode(land) ?? land),
  };
  const said = Object.entries(address).filter(([, value]) => value !== null);
  return said.length === 0 ? null : JSON.stringify(Object.fromEntries(said));
}

/** Of the columns street, second line, city, state, postal code and country; the second line may be missing. */
export const addressOf: Transform = {
  name: 'addressOf',
  apply: (line1, city, state, zip, country, line2) =>
    postalAddress({ line1, line2, city, state, zip, country }),
};

/** The same with a name before. */
export const namedAddressOf: Transform = {
  name: 'namedAddressOf',
  apply: (name, line1, city, state, zip, country, line2) =>
    postalAddress({ name, line1, line2, city, state, zip, country }),
};
