import type { Transform } from '../../../mapping/mapping.ts';
import { countryCode } from '../countries.ts';
import { clean } from '../text.ts';

const NAMES = `AL Alabama|AK Alaska|AZ Arizona|AR Arkansas|CA California|CO Colorado|CT Connecticut|DE Delaware|
DC District of Columbia|FL Florida|GA Georgia|HI Hawaii|ID Idaho|IL Illinois|IN Indiana|IA Iowa|KS Kansas|KY Kentucky|
LA Louisiana|ME Maine|MD Maryland|MA Massachusetts|MI Michigan|MN Minnesota|MS Mississippi|MO Missouri|MT Montana|
NE Nebraska|NV Nevada|NH New Hampshire|NJ New Jersey|NM New Mexico|NY New York|NC North Carolina|ND North Dakota|OH Ohio|
OK Oklahoma|OR Oregon|PA Pennsylvania|PR Puerto Rico|RI Rhode Island|SC South Carolina|SD South Dakota|TN Tennessee|
TX Texas|UT Utah|VT Vermont|VA Virginia|WA Washington|WV West Virginia|WI Wisconsin|WY Wyoming`;

const CODES = new Map(
  NAMES.split(/\|\s*/u).flatMap((state) => {
    const code = state.slice(0, 2);
    return [[code.toLowerCase(), code] as const, [state.slice(3).toLowerCase(), code] as const];
  }),
);

/** A state; one of the United States, in an address there or in no country, by its two letters. Others stay as they are written. */
export const state: Transform = {
  name: 'state',
  apply: (raw, country) => {
    const text = clean(raw ?? null);
    if (text === null) return null;
    const land = clean(country ?? null);
    const isAmerican = land === null || countryCode(land) === 'US';
    return (isAmerican ? CODES.get(text.toLowerCase()) : undefined) ?? text;
  },
};
