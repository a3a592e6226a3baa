/** Which events of the legacy calendar are appointments. */
import type { RowFilter } from '../../../mapping/mapping.ts';

/** pc_cattype: hours of a provider, and of the clinic. */
const TIME_BLOCKS = new Set(['1', '2']);

/** Time blocks are the doctor service's. What has a category that is unknown is an appointment, so that none is lost. */
export const isAppointment = (categoryType: string | null): boolean => !TIME_BLOCKS.has(categoryType ?? '');

/** pc_recurrtype: others than 1, 2 and 3 make a series that cannot be read. */
export const isSeries = (recurrenceType: string | null): boolean => (recurrenceType ?? '0') !== '0';

const INPUTS = ['category_type', 'pc_recurrtype'];

export const singleAppointments: RowFilter = {
  inputs: INPUTS,
  description:
    'appointments that do not repeat; time blocks of providers and of the clinic are schedule rules',
  accepts: (categoryType = null, recurrenceType = null) =>
    isAppointment(categoryType) && !isSeries(recurrenceType),
};

export const seriesOfAppointments: RowFilter = {
  inputs: INPUTS,
  description: 'appointments that repeat; time blocks of providers and of the clinic are schedule rules',
  accepts: (categoryType = null, recurrenceType = null) =>
    isAppointment(categoryType) && isSeries(recurrenceType),
  atSource: 'pc_recurrtype <> 0',
};
