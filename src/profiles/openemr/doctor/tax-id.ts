/**
 * Tax ids of people and of practices, which may be social security numbers. They are encrypted whatever they look like, so that none is
 * lost and none is left in plain text.
 */
import type { Transform } from '../../../mapping/mapping.ts';
import { raiseFlag } from '../../../mapping/row-notes.ts';
import { chain, encryptField } from '../../../mapping/transforms/index.ts';
import type { Site } from '../site.ts';
import { clean } from '../text.ts';

const BETWEEN = /[-\u2010-\u2015.\s]/gu;
const NINE_DIGITS = /^(?!(\d)\1{8})\d{9}$/;

/** The nine digits, or the text as it was typed, with `tax_id_invalid`, where it is something else. */
const taxId: Transform = {
  name: 'taxId',
  apply: (raw) => {
    const text = clean(raw);
    if (text === null) return null;
    const number = nineDigits(text);
    if (number === null) raiseFlag('tax_id_invalid');
    return number ?? text;
  },
};

export const encryptedTaxId = (site: Site, mapping: string): Transform =>
  chain(taxId, encryptField(site.fieldKey, { mapping, column: 'tax_id_ciphertext' }));

/** Of nine digits only. Raises no flag: that is for the encrypted one. */
export const taxIdLast4: Transform = {
  name: 'taxIdLast4',
  apply: (raw) => nineDigits(raw?.trim() ?? '')?.slice(-4) ?? null,
};

function nineDigits(text: string): string | null {
  const digits = text.replaceAll(BETWEEN, '');
  return NINE_DIGITS.test(digits) ? digits : null;
}
