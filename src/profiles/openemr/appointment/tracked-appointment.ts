/** Which appointment a tracker of the flow board is about. The target must have it: what refuses an appointment refuses it here too. */
import { refuse, ValueRefused } from '../../../core/reject-reasons.ts';
import { parseDate } from '../../../mapping/transforms/civil-date.ts';
import type { Site } from '../site.ts';
import { isAppointment, isSeries } from './event-filters.ts';
import { horizonAfter, occurrenceDays, readSeries, type LegacySeries, type Text } from './legacy-series.ts';

type Policy = Pick<Site, 'orphans' | 'cutoverDate'>;

const NOBODY = /^\s*0*\s*$/;
const WHOLE = /^\s*\d+\s*$/;

/** The inputs are TRACKED_INPUTS. The day of the occurrence; null for an event that does not repeat. Refuses (orphan). */
export function occurrenceTracked(site: Policy, ...inputs: Text[]): string | null {
  const [day, event, categoryType, patient, patientKey, type, spec, start, until, weekend] = inputs;
  if (event == null || !isAppointment(categoryType ?? null) || parseDate(start ?? '') === null)
    refuse('orphan');
  const isOrphan = !NOBODY.test(patient ?? '') && (patientKey == null || !WHOLE.test(patient ?? ''));
  if (isOrphan && site.orphans === 'reject') refuse('orphan');
  if (!isSeries(type ?? null)) return null;
  const series = readSeries(type, spec, start, until, weekend);
  if (day == null || !hasOccurrence(series, day, horizonAfter(site.cutoverDate))) refuse('orphan');
  return day;
}

function hasOccurrence(series: LegacySeries, day: string, horizon: number): boolean {
  const number = parseDate(day);
  if (number === null) return false;
  try {
    return occurrenceDays(series, horizon).includes(number);
  } catch (error) {
    // a series with more days than are made has none
    if (error instanceof ValueRefused) return false;
    throw error;
  }
}
