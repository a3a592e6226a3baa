import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { entityNamespace, uuidName, uuidV5Text } from '../../src/mapping/types/index.ts';
import { beginRow, keptValues, raisedFlags } from '../../src/mapping/row-notes.ts';
import { appointmentId, typeId } from '../../src/profiles/openemr/appointment/legacy-ids.ts';
import { status, trackedStatus, trackedStatusCode } from '../../src/profiles/openemr/appointment/statuses.ts';
import { occurrenceTracked } from '../../src/profiles/openemr/appointment/tracked-appointment.ts';
import { readTrackedDays } from '../../src/profiles/openemr/appointment/tracked-days.ts';
import { inOrder, numbered, type TrackerStep } from '../../src/profiles/openemr/appointment/tracker-steps.ts';
import { recurrenceSpec } from '../support/openemr/recurrence.ts';

const step = (seq: string, status = '@', at: string | null = null): TrackerStep => ({
  seq,
  status,
  room: '',
  user: '',
  at,
});

beforeEach(() => beginRow());

describe('the steps of a tracker', () => {
  test('are in the order of their numbers, not of their texts', () => {
    expect(inOrder([step('10'), step('9'), step('1')]).map(({ seq }) => seq)).toEqual(['1', '9', '10']);
  });

  test('of one number are all kept, the later one under another key', () => {
    expect(
      numbered([step('2', '>', '2026-02-03 10:00:00'), step('2', '<', '2026-02-03 09:00:00'), step('1')]),
    ).toMatchObject([
      { key: '1', number: 1, doubt: null },
      { key: '2', number: 2, status: '<', doubt: null },
      { key: '2#2', number: 2, status: '>', doubt: 'repeated' },
    ]);
  });

  test('without a number come last', () => {
    expect(numbered([step(''), step('3'), step('x')])).toMatchObject([
      { key: '3', number: 3, doubt: null },
      { key: '?1', number: 4, seq: '', doubt: 'invalid' },
      { key: '?2', number: 5, seq: 'x', doubt: 'invalid' },
    ]);
  });

  test('have keys of their own, and are the same in whatever order they come', () => {
    const seq = fc.oneof(
      fc.integer({ min: 0, max: 5 }).map(String),
      fc.constantFrom('', '02', ' 3', 'x', '1#2', '?1'),
    );
    const steps = fc.array(
      fc.record({ seq, status: fc.constantFrom('@', '>'), at: fc.constantFrom(null, '2026-02-03 09:00:00') }),
    );
    fc.assert(
      fc.property(steps, fc.integer(), (some, rotation) => {
        const all = some.map((one) => step(one.seq, one.status, one.at));
        const first = numbered(all);
        const by = all.length === 0 ? 0 : Math.abs(rotation) % all.length;
        expect(numbered([...all.slice(by), ...all.slice(0, by)])).toEqual(first);
        expect(new Set(first.map(({ key }) => key)).size).toBe(all.length);
      }),
    );
  });
});

describe('what the flow board knows of a series', () => {
  const row = (
    on: string | null,
    id: string,
    encounter: string,
    key: string | null,
    seq: string | null,
    code: string | null,
  ) => [on, id, encounter, key, seq, code, null];

  test('is by day, of the last step', () => {
    const days = readTrackedDays(
      JSON.stringify([
        row('2026-02-03', '1', '7', '70', '10', '>'),
        row('2026-02-03', '1', '7', '70', '9', '<'),
        row('2026-02-10', '2', '0', null, '1', '?'),
      ]),
    );
    expect([...days]).toEqual([
      ['2026-02-03', { status: '>', encounter: '7', encounterKey: '70' }],
      ['2026-02-10', { status: '?', encounter: null, encounterKey: null }],
    ]);
  });

  test('is of the newest tracker of the day that has it', () => {
    const days = readTrackedDays(
      JSON.stringify([
        row('2026-02-03', '9', '7', null, '1', '@'),
        row('2026-02-03', '10', '0', null, '1', '?'),
        row('2026-02-03', '11', '0', null, null, null),
        row(null, '12', '8', null, '1', 'x'),
      ]),
    );
    expect([...days]).toEqual([['2026-02-03', { status: '?', encounter: '7', encounterKey: null }]]);
  });

  test('is nothing where there is none', () => {
    expect(readTrackedDays(null).size).toBe(0);
  });
});

describe('the appointment of a tracker', () => {
  const reject = { orphans: 'reject', cutoverDate: '2026-01-15' } as const;
  const weekly = recurrenceSpec({ event_repeat_freq: '1', event_repeat_freq_type: '1' });
  const single = (
    changes: Partial<Record<'event' | 'category' | 'patient' | 'key' | 'start', string | null>> = {},
  ) => {
    const { event = '5', category = '0', patient = '8', key = '8', start = '2026-02-02' } = changes;
    return ['2026-02-02', event, category, patient, key, '0', null, start, null, null] as const;
  };
  const series = (on: string | null, until: string, type = '1') =>
    [on, '5', '0', '8', '8', type, weekly, '2026-02-02', until, null] as const;

  test('is the event where it does not repeat', () => {
    expect(occurrenceTracked(reject, ...single())).toBeNull();
    expect(occurrenceTracked(reject, ...single({ patient: '', key: null }))).toBeNull();
    expect(occurrenceTracked(reject, ...single({ category: null }))).toBeNull();
  });

  test.each([
    ['an event that is gone', single({ event: null })],
    ['a time block', single({ category: '1' })],
    ['an event without a day', single({ start: '0000-00-00' })],
    ['an event of a patient who is gone', single({ key: null })],
    ['an event of a patient in words', single({ patient: '1abc', key: '1' })],
  ])('is none of %s', (_what, inputs) => {
    expect(() => occurrenceTracked(reject, ...inputs)).toThrow('orphan');
  });

  test('may be without its patient where the operator says so', () => {
    expect(occurrenceTracked({ ...reject, orphans: 'null' }, ...single({ key: null }))).toBeNull();
  });

  test('is the occurrence of its day, within the horizon', () => {
    expect(occurrenceTracked(reject, ...series('2026-02-09', '2026-03-02'))).toBe('2026-02-09');
    expect(occurrenceTracked(reject, ...series('2028-01-10', '2040-03-02'))).toBe('2028-01-10');
  });

  test.each([
    ['on a day between', series('2026-02-10', '2026-03-02')],
    ['on no day', series(null, '2026-03-02')],
    ['behind the end', series('2026-03-09', '2026-03-02')],
    ['behind the horizon', series('2028-01-17', '2040-03-02')],
    ['of a series that cannot be read', series('2026-02-09', '2026-03-02', '9')],
  ])('is none %s', (_what, inputs) => {
    expect(() => occurrenceTracked(reject, ...inputs)).toThrow('orphan');
  });
});

describe('ids and statuses', () => {
  test('an appointment has the id that uuid() makes of its key', () => {
    const namespace = entityNamespace('openemr_postcalendar_events');
    const both = uuidName([Buffer.from('5'), Buffer.from('2026-02-09')])!.toString();
    expect(appointmentId('5', null)).toBe(uuidV5Text(namespace, '5'));
    expect(appointmentId('5', '2026-02-09')).toBe(uuidV5Text(namespace, both));
  });

  test('a type that is missing has the id that it would have', () => {
    const id = uuidV5Text(entityNamespace('openemr_postcalendar_categories'), '4711');
    expect(typeId.apply('4711', '4711')).toBe(id);
    expect(raisedFlags()).toEqual([]);
    expect(typeId.apply('4711', null)).toBe(id);
    expect(raisedFlags()).toEqual(['type_id_orphan']);
  });

  test('no type is none, and a negative one kept', () => {
    expect(typeId.apply('0', null)).toBeNull();
    expect(raisedFlags()).toEqual([]);
    expect(typeId.apply('-3', null)).toBeNull();
    expect(raisedFlags()).toEqual(['type_id_invalid']);
    expect(keptValues().get('pc_catid')).toBe('-3');
  });

  test('a therapy group has a list of its own', () => {
    expect(status.apply('>', '0')).toBe('completed');
    expect(status.apply('>', '3')).toBe('cancelled');
    expect(status.apply('<', '3')).toBe('unknown');
    expect(raisedFlags()).toEqual([]);
    expect(status.apply('FAX', null)).toBe('unknown');
    expect(raisedFlags()).toEqual(['status_unknown_option']);
  });

  test('the flow board comes before the event', () => {
    expect(trackedStatus.apply('>', '-', '0')).toBe('completed');
    expect(trackedStatus.apply(null, '-', '0')).toBe('scheduled');
    expect(trackedStatusCode.apply('>', '-')).toBe('>');
    expect(trackedStatusCode.apply(null, '-')).toBe('-');
  });
});
