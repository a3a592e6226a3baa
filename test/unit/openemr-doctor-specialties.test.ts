import { describe, expect, it } from 'vitest';
import { matchedSpecialties } from '../../src/profiles/openemr/doctor/matched-specialties.ts';
import { codesByName, foldName, namesIn } from '../../src/profiles/openemr/doctor/specialty-names.ts';

const LIST = 'us-core-provider-specialty';
const FAMILY = '207Q00000X';
const CARDIOLOGY = '207RC0000X';
const OPTIONS: [string, string][] = [
  [CARDIOLOGY, 'Cardiovascular Disease'],
  ['2080P0006X', 'Developmental – Behavioral Pediatrics'],
  [FAMILY, 'Family Medicine'],
];
const POSSIBLE = JSON.stringify(OPTIONS);

describe('names of specialties', () => {
  it('are the same whatever their case, blanks and dashes', () => {
    expect(foldName('  Family\u00a0 MEDICINE\t')).toBe(foldName('family medicine'));
    expect(foldName('Developmental – Behavioral')).toBe(foldName('developmental-behavioral'));
  });

  it('are several in one text', () => {
    expect([...namesIn('Cardiology;EP; ;')]).toEqual(['cardiology', 'ep']);
    expect([...namesIn(null)]).toEqual([]);
  });

  it('are found whole only', () => {
    expect(codesByName('Cardiology', OPTIONS)).toEqual([]);
    expect(codesByName('Chief of Family Medicine', OPTIONS)).toEqual([]);
    expect(codesByName('Family medicine;CARDIOVASCULAR DISEASE;family medicine', OPTIONS)).toEqual([
      FAMILY,
      CARDIOLOGY,
    ]);
  });
});

describe('the specialties of words', () => {
  it('are those without a code', () => {
    const words = 'Cardiovascular Disease; developmental - behavioral pediatrics';
    expect(matchedSpecialties(words, FAMILY, POSSIBLE, null)).toEqual([
      [LIST, CARDIOLOGY],
      [LIST, '2080P0006X'],
    ]);
    expect(matchedSpecialties(words, FAMILY, POSSIBLE, JSON.stringify([' 207rc0000x', null]))).toEqual([
      [LIST, '2080P0006X'],
    ]);
  });

  it('leave out the taxonomy, unless it is the one that everybody gets', () => {
    expect(matchedSpecialties('Cardiovascular Disease', CARDIOLOGY, POSSIBLE, null)).toEqual([]);
    expect(matchedSpecialties('Family Medicine', FAMILY, POSSIBLE, null)).toEqual([[LIST, FAMILY]]);
  });

  it('are none where the list has nothing like them', () => {
    expect(matchedSpecialties('Front desk', FAMILY, null, null)).toEqual([]);
  });
});
