/** The text of notes and messages: what format it has, and its sections. */
import type { Transform } from '../../../mapping/mapping.ts';
import { clean } from '../text.ts';

/** A tag that an editor writes. `a < b` and `<10>` are none. */
const TAG =
  /<\/?(?:p|br|div|span|b|i|u|em|strong|a|ul|ol|li|table|thead|tbody|tr|t[dh]|h[1-6]|font|hr|img|pre|sup|sub|blockquote)\b[^<>]*>/iu;

/** Whether a text is as an editor for HTML leaves it. */
export function isHtml(text: string): boolean {
  return TAG.test(text);
}

/** The column `body_format` of a text that is not encrypted. */
export const bodyFormat: Transform = {
  name: 'bodyFormat',
  apply: (text) => (text !== null && isHtml(text) ? 'html' : 'text'),
};

/** A JSON object of texts by these names, in their order; what is empty is left out. Raises the flags of `txt`. */
export function sectionsOf(names: readonly string[]): Transform {
  return {
    name: `sectionsOf(${names.join(', ')})`,
    apply: (...texts) => {
      const sections = names.map((name, index) => [name, clean(texts[index] ?? null)] as const);
      return JSON.stringify(Object.fromEntries(sections.filter(([, text]) => text !== null)));
    },
  };
}
