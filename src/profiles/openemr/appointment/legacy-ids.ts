/** Ids that depend on more than a key: which of two forms they have, and whether there is a row behind them. */
import type { Transform } from '../../../mapping/mapping.ts';
import { keepRaw, raiseFlag } from '../../../mapping/row-notes.ts';
import { entityNamespace, uuidName, uuidV5Text } from '../../../mapping/types/index.ts';
import { CATEGORIES, EVENTS } from './event-query.ts';

const categoryNamespace = entityNamespace(CATEGORIES);
const eventNamespace = entityNamespace(EVENTS);

/**
 * The type of an event, of its category and what was found under it: that of a category which does not exist too, since such
 * a one is made (flag `type_id_orphan`). 0 is none.
 */
export const typeId: Transform = {
  name: 'typeId',
  apply: (category, found) => {
    if (category == null || category === '0') return null;
    if (found != null) return uuidV5Text(categoryNamespace, found);
    if (category.startsWith('-')) {
      raiseFlag('type_id_invalid');
      keepRaw('pc_catid', category);
      return null;
    }
    raiseFlag('type_id_orphan');
    return uuidV5Text(categoryNamespace, category);
  },
};

/** The appointment of an event that does not repeat, or of one occurrence. As `uuid()` makes it of one input, and of two. */
export function appointmentId(event: string, occurrenceDate: string | null): string {
  const parts = occurrenceDate === null ? [event] : [event, occurrenceDate];
  return uuidV5Text(eventNamespace, uuidName(parts.map((part) => Buffer.from(part)))!.toString());
}
