import { describe, expect, it } from 'vitest';
import { beginRow, raisedFlags } from '../../src/mapping/row-notes.ts';
import { scheduleExpansion } from '../../src/profiles/openemr/doctor/schedule-expansion.ts';
import {
  endOfSeries,
  exceptionDates,
  ruleOfSeries,
  scheduleStatus,
  specOfSeries,
} from '../../src/profiles/openemr/doctor/schedule-values.ts';
import { recurrenceSpec } from '../support/openemr/recurrence.ts';

const IN = '2';
const OUT = '3';
const LUNCH = '8';

interface Event {
  id?: string;
  category?: string;
  date?: string;
  until?: string | null;
  start?: string | null;
  duration?: string;
  allDay?: string;
  /** 1 is Sunday. */
  weekdays?: string;
  spec?: string;
  type?: string;
}

function valuesOf(event: Event): (string | null)[] {
  const { id = '1', category = IN, date = '2026-02-02', until = '2026-12-31', start = '08:00:00' } = event;
  const { duration = '0', allDay = '0', weekdays, type = weekdays === undefined ? '0' : '3' } = event;
  const days = { event_repeat_freq: weekdays ?? '0', event_repeat_freq_type: '6' };
  const { spec = recurrenceSpec(days) } = event;
  return [id, category, null, date, until, start, duration, allDay, type, spec];
}

function ruleOf(
  event: Event,
  others: readonly Event[] = [],
  {
    cattype = '1',
    provider = '10',
    settings = ['0,6', '17'],
  }: { cattype?: string; provider?: string; settings?: (string | null)[] } = {},
) {
  const switches = JSON.stringify([event, ...others].map(valuesOf));
  const rows = scheduleExpansion.rows(...valuesOf(event), cattype, provider, switches, ...settings);
  return rows.map((row) => row.join(' '));
}

const WEEK = { weekdays: '2,3,4,5,6' };
const inWeek: Event = { id: '1', ...WEEK };
const outAt = (start: string, more: Event): Event => ({ id: '2', category: OUT, start, ...more });

describe('the rule of an In Office', () => {
  it('ends at the Out Of Office of its days, which has none of its own', () => {
    const out = outAt('12:30:00', WEEK);
    expect(ruleOf(inWeek, [out])).toEqual(['available 08:00:00 12:30:00 f f']);
    expect(ruleOf(out, [inWeek])).toEqual([]);
  });

  it('ends at an Out that is there on more days and for longer', () => {
    const inMonday = { id: '1', weekdays: '2', date: '2026-03-02', until: '2026-03-30' };
    const out = outAt('12:00:00', WEEK);
    expect(ruleOf(inMonday, [out])).toEqual(['available 08:00:00 12:00:00 f f']);
    expect(ruleOf(out, [inMonday])).toEqual([]);
  });

  it('does not end at an Out that is there on some of its days only', () => {
    const out = outAt('12:00:00', { weekdays: '6' });
    expect(ruleOf(inWeek, [out])).toEqual(['available 08:00:00 17:00:00 f t']);
    expect(ruleOf(out, [inWeek])).toEqual(['unavailable 12:00:00 24:00:00 f t']);
  });

  it('does not end at an Out of another time of the year, or after its last day', () => {
    const early = outAt('12:00:00', { ...WEEK, until: '2026-06-30' });
    expect(ruleOf(inWeek, [early])).toEqual(['available 08:00:00 17:00:00 f t']);
    expect(ruleOf(early, [inWeek])).toEqual(['unavailable 12:00:00 24:00:00 f t']);
  });

  it('pairs single days with each other only', () => {
    expect(ruleOf({ id: '1' }, [outAt('12:00:00', {})])).toEqual(['available 08:00:00 12:00:00 f f']);
    expect(ruleOf({ id: '1' }, [outAt('12:00:00', { date: '2026-02-03' })])).toEqual([
      'available 08:00:00 17:00:00 f t',
    ]);
    expect(ruleOf({ id: '1' }, [outAt('12:00:00', WEEK)])).toEqual(['available 08:00:00 17:00:00 f t']);
  });

  it('is one of two on the same days', () => {
    const afternoon = { id: '3', start: '13:00:00', ...WEEK };
    const all = [outAt('12:00:00', WEEK), afternoon, { ...outAt('18:00:00', WEEK), id: '4' }];
    expect(ruleOf(inWeek, all)).toEqual(['available 08:00:00 12:00:00 f f']);
    expect(ruleOf(afternoon, [inWeek, all[0]!, all[2]!])).toEqual(['available 13:00:00 18:00:00 f f']);
    expect(ruleOf(all[2]!, [inWeek, all[0]!, afternoon])).toEqual([]);
  });

  it('pairs every workday with the same days by name', () => {
    const workdays = recurrenceSpec({ event_repeat_freq: '1', event_repeat_freq_type: '4' });
    expect(ruleOf({ id: '1', type: '1', spec: workdays }, [outAt('12:00:00', WEEK)])).toEqual([
      'available 08:00:00 12:00:00 f f',
    ]);
  });

  it('pairs every second week with the same weeks only', () => {
    const fortnight = {
      type: '1',
      spec: recurrenceSpec({ event_repeat_freq: '2', event_repeat_freq_type: '1' }),
    };
    const out = outAt('12:00:00', fortnight);
    expect(ruleOf({ id: '1', ...fortnight }, [out])).toEqual(['available 08:00:00 12:00:00 f f']);
    expect(ruleOf({ id: '1', ...fortnight, date: '2026-02-09' }, [out])).toEqual([
      'available 08:00:00 17:00:00 f t',
    ]);
  });

  it('ends with the calendar day as the site has it', () => {
    expect(ruleOf({}, [], { settings: [null, '19'] })).toEqual(['available 08:00:00 19:00:00 f t']);
    expect(ruleOf({}, [], { settings: [null, null] })).toEqual(['available 08:00:00 17:00:00 f t']);
  });
});

describe('the rule of another block', () => {
  it('is its own time', () => {
    expect(ruleOf({ category: LUNCH, start: '12:00:00', duration: '3600' })).toEqual([
      'lunch 12:00:00 13:00:00 f f',
    ]);
  });

  it('is the whole day where that is said in seconds', () => {
    expect(ruleOf({ category: '7', start: '00:00:00', duration: '86400' })).toEqual([
      'closed 00:00:00 24:00:00 t f',
    ]);
  });

  it('has no end where nothing says it, and no times where the start is none', () => {
    expect(ruleOf({ category: LUNCH, start: '12:00:00' })).toEqual(['lunch 12:00:00  f f']);
    expect(ruleOf({ category: LUNCH, start: '25:00:00', duration: '60' })).toEqual(['lunch   f f']);
    expect(ruleOf({ category: LUNCH, start: null, duration: '60' })).toEqual(['lunch   f f']);
  });

  it('is everybody’s only for the clinic', () => {
    for (const provider of ['', '0'])
      expect(() => ruleOf({ category: LUNCH }, [], { provider })).toThrow('orphan');
    expect(ruleOf({ category: '6', allDay: '1' }, [], { provider: '0', cattype: '2' })).toEqual([
      'holiday 00:00:00 24:00:00 t f',
    ]);
  });
});

describe('the days of a rule', () => {
  const weekly = (exdate: string) =>
    recurrenceSpec({ event_repeat_freq: '1', event_repeat_freq_type: '1', exdate });
  const status = scheduleStatus('2026-01-15');
  const flagsOf = (make: () => unknown): readonly string[] => {
    beginRow();
    make();
    return [...raisedFlags()];
  };

  it('are without those that the legacy calendar left out', () => {
    expect(exceptionDates.apply('1', weekly('20260209,2026-02-16'))).toBe('{"2026-02-09"}');
    expect(flagsOf(() => exceptionDates.apply('1', weekly('2026-02-16,soon')))).toEqual([
      'exdates_ignored',
      'exdates_invalid',
    ]);
    expect(exceptionDates.apply('0', weekly('20260209'))).toBe('{}');
  });

  it('have a rule, and a flag where it gives others', () => {
    expect(flagsOf(() => ruleOfSeries.apply('1', weekly(''), '2026-02-02', null))).toEqual([]);
    expect(ruleOfSeries.apply('1', weekly(''), '2026-02-02', null)).toBe('FREQ=WEEKLY');
    const monthly = recurrenceSpec({ event_repeat_freq: '1', event_repeat_freq_type: '2' });
    expect(flagsOf(() => ruleOfSeries.apply('1', monthly, '2026-01-31', null))).toEqual(['rrule_inexact']);
    expect(ruleOfSeries.apply('0', weekly(''), '2026-02-02', null)).toBeNull();
    expect(ruleOfSeries.apply('1', 'a:6:{s', '2026-02-02', null)).toBeNull();
  });

  it('end with the series', () => {
    expect(endOfSeries.apply('1', '2026-02-02', '2026-03-02')).toBe('2026-03-02');
    expect(endOfSeries.apply('1', '2026-02-02', '0000-00-00')).toBeNull();
    expect(endOfSeries.apply('0', '2026-02-02', '2026-02-02')).toBeNull();
    expect(flagsOf(() => endOfSeries.apply('1', '2026-02-02', '2026-02-00'))).toEqual(['end_date_invalid']);
  });

  it('keep the recurrence as it was read', () => {
    expect(JSON.parse(specOfSeries.apply('1', weekly(''))!)).toMatchObject({ event_repeat_freq: '1' });
    expect(specOfSeries.apply('0', weekly(''))).toBeNull();
  });

  it('are over, to come, without an end or unknown', () => {
    expect(status.apply('1', weekly(''), '2025-02-03', '2026-01-14')).toBe('expired');
    expect(status.apply('1', weekly(''), '2025-02-03', '2026-01-15')).toBe('active');
    expect(status.apply('1', weekly(''), '2025-02-03', null)).toBe('unbounded');
    expect(status.apply('1', 'a:6:{s', '2025-02-03', '2027-01-01')).toBe('unparsed');
    expect(status.apply('0', null, '2026-01-14', null)).toBe('expired');
    expect(status.apply('0', null, '2026-01-15', null)).toBe('active');
    expect(status.apply('1', weekly(''), '2026-03-03', '2026-02-03')).toBe('expired');
  });
});
