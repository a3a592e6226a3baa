/** The sections of a form that a site has laid out, from its gathered fields. */
import type { Transform } from '../../../mapping/mapping.ts';
import { clean } from '../text.ts';
import { unpack, type FieldValue } from './note-layout-value.ts';

type Packed = [
  field: string,
  value: string | null,
  place: number | null,
  title: string | null,
  type: number | null,
  option: string | null,
];

interface Section {
  title?: string;
  value: FieldValue;
  /** The title of the option that the value is the id of. */
  option?: string;
}

/** By field, in the order of the layout; empty ones are left out. Fields that are in no layout come last. */
export const layoutSections: Transform = {
  name: 'layoutSections',
  apply: (own, shared) => {
    const fields = [own, shared]
      .flatMap((json) => (json == null ? [] : (JSON.parse(json) as Packed[])))
      .toSorted(inOrder);
    const sections = new Map<string, Section>();
    for (const [field, value, , title, type, option] of fields) {
      const text = clean(value);
      if (text === null || sections.has(field)) continue;
      const titleText = clean(title);
      const optionText = clean(option);
      sections.set(field, {
        ...(titleText !== null && { title: titleText }),
        value: unpack(type ?? 0, text),
        ...(optionText !== null && optionText !== text && { option: optionText }),
      });
    }
    return JSON.stringify(Object.fromEntries(sections));
  },
};

function inOrder(a: Packed, b: Packed): number {
  const [first, second] = [a[2] ?? Infinity, b[2] ?? Infinity];
  if (first !== second) return first < second ? -1 : 1;
  return a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0;
}
