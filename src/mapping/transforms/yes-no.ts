import type { Transform } from '../mapping.ts';
import { policyName, setAside, type OnInvalid } from './on-invalid.ts';

/** The words of a column for yes and no. Upper and lower case and blanks around them make no difference. */
interface YesNoWords {
  yes: readonly string[];
  no: readonly string[];
}

/**
 * A boolean (`t` or `f`) of the words that a column uses: `yesNo({ yes: ['YES'], no: ['NO'] }, …)`. The empty text means that
 * nobody was asked, and is NULL, unless it is among the words. Throws RangeError where a word is on both sides.
 */
export function yesNo(words: YesNoWords, onUnknown: OnInvalid): Transform {
  const yes = words.yes.map(fold);
  const no = words.no.map(fold);
  const answers = new Map([
    ...yes.map((word) => [word, 't'] as const),
    ...no.map((word) => [word, 'f'] as const),
  ]);
  if (yes.some((word) => no.includes(word))) throw new RangeError('yesNo() takes each word on one side only');
  return {
    name: `yesNo(${JSON.stringify({ yes, no })}, ${policyName(onUnknown)})`,
    apply: (raw) => {
      if (raw === null) return null;
      const word = fold(raw);
      return answers.get(word) ?? (word === '' ? null : setAside(onUnknown, raw));
    },
  };
}

function fold(word: string): string {
  return word.trim().toLowerCase();
}
