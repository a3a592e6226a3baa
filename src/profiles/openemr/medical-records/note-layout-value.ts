/** Values of form fields as OpenEMR packs them into one text, by the `data_type` of the field's layout: §9 of the facts. */

export type FieldValue = string | string[] | { [key: string]: string | { [part: string]: string } };

/** The numbers that layout_options gives to these kinds of fields. */
const LISTS = new Set([21, 33, 36]);
const TEXTS_BY_KEY = new Set([22]);
const RESULTS_BY_KEY = new Set([23]);
const CHECKS_BY_KEY = new Set([25]);
const LIFESTYLES = new Set([28, 32]);

export const LIFESTYLE = 28;
export const EXAMS = 23;

/** What the text stands for; itself, where it is not packed in the way that the type says. */
export function unpack(dataType: number, text: string): FieldValue {
  if (LISTS.has(dataType)) return partsOf(text);
  if (TEXTS_BY_KEY.has(dataType)) return byKey(text, ([value = '']) => value) ?? text;
  if (RESULTS_BY_KEY.has(dataType)) return byKey(text, named('result', 'note')) ?? text;
  if (CHECKS_BY_KEY.has(dataType)) return byKey(text, named('checked', 'note')) ?? text;
  if (LIFESTYLES.has(dataType) && text.includes('|'))
    return named('note', 'status', 'date', 'code')(text.split('|'));
  return text;
}

function partsOf(text: string): string[] {
  return text
    .split('|')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** `key:a:b|key:a:b`; null where one of the parts has no key. */
function byKey<Value extends string | { [part: string]: string }>(
  text: string,
  valueOf: (parts: string[]) => Value,
): { [key: string]: Value } | null {
  const entries = partsOf(text).map((part) => part.split(':'));
  if (!entries.every((parts) => parts.length > 1)) return null;
  return Object.fromEntries(entries.map(([key = '', ...parts]) => [key.trim(), valueOf(parts)]));
}

/** Parts by name, the last with all that is left; empty ones are left out. */
function named(...names: string[]): (parts: string[]) => { [part: string]: string } {
  return (parts) => {
    const last = names.length - 1;
    const values = names.map(
      (name, index) => [name, index < last ? parts[index] : parts.slice(last).join(':')] as const,
    );
    return Object.fromEntries(
      values.flatMap(([name, value]) =>
        value !== undefined && value.trim() !== '' ? [[name, value.trim()]] : [],
      ),
    );
  };
}
