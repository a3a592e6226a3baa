/** What is said of a series beside its days: its rule, the days taken out, its state. All of SERIES_INPUTS. */
import type { Transform } from '../../../mapping/mapping.ts';
import { raiseFlag } from '../../../mapping/row-notes.ts';
import { phpSerialized } from '../../../mapping/transforms/index.ts';
import { formatArrayLiteral } from '../../../mapping/types/format-array-literal.ts';
import { formatDate, parseDate } from '../../../mapping/transforms/civil-date.ts';
import { recurrenceRule, type RecurrenceRule } from '../calendar/rrule.ts';
import { horizonAfter, occurrenceDays, readSeries, type LegacySeries } from './legacy-series.ts';

const NO_RULE: RecurrenceRule = { rrule: null, exact: false };

function ruleOf({ recurrence, start, weekend }: LegacySeries): RecurrenceRule {
  return start === null ? NO_RULE : recurrenceRule(recurrence, start, weekend);
}

export const rrule: Transform = {
  name: 'rrule',
  apply: (type, spec, start, until, weekend) => ruleOf(readSeries(type, spec, start, until, weekend)).rrule,
};

export const isExact: Transform = {
  name: 'isExact',
  apply: (type, spec, start, until, weekend) =>
    ruleOf(readSeries(type, spec, start, until, weekend)).exact ? 't' : 'f',
};

/** Those that the legacy calendar honours. Others are flagged (`exdates_ignored`, `exdates_invalid`), and are in the spec. */
export const exdates: Transform = {
  name: 'exdates',
  apply: (type, spec, start, until, weekend) => {
    const { honoured, ignored, unreadable } = readSeries(type, spec, start, until, weekend).exceptions;
    if (ignored.length > 0) raiseFlag('exdates_ignored');
    if (unreadable > 0) raiseFlag('exdates_invalid');
    return formatArrayLiteral(honoured.map(formatDate));
  },
};

const asJson = phpSerialized({ flag: 'legacy_spec_invalid', keepAs: null });

/** What cannot be read is a text, as it is but for U+0000; none at all is the null of JSON. */
export const legacySpec: Transform = {
  name: `legacySpec(${asJson.name})`,
  apply: (raw) => {
    const spec = raw?.trim() ?? '';
    return spec === '' ? 'null' : (asJson.apply(spec) ?? JSON.stringify(raw!.replaceAll('\0', '')));
  },
};

/** Of a series with more than MAX_OCCURRENCES the row is refused, as its occurrences are. */
export function seriesStatus(cutoverDate: string): Transform {
  const cutover = parseDate(cutoverDate)!;
  const horizon = horizonAfter(cutoverDate);
  return {
    name: `seriesStatus(${cutoverDate}, ${formatDate(horizon)})`,
    apply: (type, spec, start, until, weekend) => {
      const series = readSeries(type, spec, start, until, weekend);
      if (series.recurrence.kind === 'unparsed') {
        raiseFlag('legacy_spec_unparsed');
        return 'unparsed';
      }
      if (series.until === null) return 'unbounded';
      if (series.start !== null && series.until < series.start) raiseFlag('until_date_before_start');
      if (series.until > horizon) raiseFlag('occurrences_until_horizon');
      occurrenceDays(series, horizon);
      return series.until < Math.max(cutover, series.start ?? cutover) ? 'ended' : 'active';
    },
  };
}
