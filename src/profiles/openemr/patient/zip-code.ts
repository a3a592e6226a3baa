import type { Transform } from '../../../mapping/mapping.ts';
import { clean } from '../text.ts';

/** The postal code with the four digits that the United States write behind it. */
export const zipCode: Transform = {
  name: 'zipCode',
  apply: (zip, plusFour) => {
    const parts = [clean(zip ?? null), clean(plusFour ?? null)].filter((part) => part !== null);
    return parts.length === 0 ? null : parts.join('-');
  },
};
