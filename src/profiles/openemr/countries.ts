import type { Transform } from '../../mapping/mapping.ts';
import { setAside } from '../../mapping/transforms/on-invalid.ts';
import { saysNothing } from '../../mapping/transforms/says-nothing.ts';
import { COUNTRY_NAMES } from './country-names.ts';
import { aside, clean } from './text.ts';

/** Letters only, without accents and case: `U.S.A.`, `u_s_a` and `USA` are one. */
function fold(name: string): string {
  return name
    .normalize('NFKD')
    .replaceAll(/[^\p{L}]/gu, '')
    .toLowerCase();
}

const CODES = new Map(
  COUNTRY_NAMES.trim()
    .split(/\|\s*/u)
    .flatMap((country) => {
      const [code = '', ...names] = country.split('=');
      return [code, ...names].map((name) => [fold(name), code] as const);
    }),
);

/** The two letters of a country that is told by them, by three letters or by its English name. */
export function countryCode(text: string): string | undefined {
  return CODES.get(fold(text));
}

/** The two letters of a country as somebody wrote it; what is none is set aside. `n/a` is no country, and so not Namibia. */
export function country(target: string, source: string): Transform {
  return {
    name: `country(${target}, ${source})`,
    apply: (raw) => {
      const text = clean(raw);
      if (text === null || saysNothing(text)) return null;
      return countryCode(text) ?? setAside(aside(target, source), text);
    },
  };
}
