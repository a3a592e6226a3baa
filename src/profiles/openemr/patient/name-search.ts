import type { Transform } from '../../../mapping/mapping.ts';
import { raiseFlag } from '../../../mapping/row-notes.ts';
import { clean } from '../text.ts';

/** Letters that are no letter and an accent to Unicode, as people type them without. */
const PLAIN: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ł: 'l',
  ħ: 'h',
  ı: 'i',
};
const NOT_PLAIN = /[ßæœøđðþłħı]/gu;

/** First and last name in lower case without accents. A patient without either is flagged `name_missing`. */
export const nameSearch: Transform = {
  name: 'nameSearch',
  apply: (first, last) => {
    const names = [clean(first ?? null), clean(last ?? null)].filter((name) => name !== null);
    if (names.length === 0) {
      raiseFlag('name_missing');
      return null;
    }
    const folded = names.join(' ').toLowerCase().normalize('NFKD').replaceAll(/\p{M}/gu, '');
    return folded.replaceAll(NOT_PLAIN, (letter) => PLAIN[letter]!).normalize('NFC');
  },
};

/** The parts of a name, in the order that they are said in. */
export const fullName: Transform = {
  name: 'fullName',
  apply: (...parts) => {
    const said = parts.map((part) => clean(part)).filter((part) => part !== null);
    return said.length === 0 ? null : said.join(' ');
  },
};
