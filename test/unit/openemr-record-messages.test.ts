import { beforeEach, describe, expect, it } from 'vitest';
import { beginRow, raisedFlags } from '../../src/mapping/row-notes.ts';
import { messageEntries } from '../../src/profiles/openemr/medical-records/message-entries.ts';
import { messageBody, messageFormat } from '../../src/profiles/openemr/medical-records/message-values.ts';

beforeEach(beginRow);

const entries = messageEntries({ timeZone: 'America/New_York' });
const parsed = (body: string): unknown => JSON.parse(entries.apply(body, '0')!);

describe('the entries of a note', () => {
  it('begin with a time, a sender and mostly a recipient', () => {
    expect(
      parsed('2026-01-06 15:20 (admin to desk20) Call\r\nnoon\r\n2026-01-06 15:40 (desk20) Done'),
    ).toEqual([
      { at: '2026-01-06T20:20:00Z', from: 'admin', to: 'desk20', text: 'Call\nnoon' },
      { at: '2026-01-06T20:40:00Z', from: 'desk20', to: null, text: 'Done' },
    ]);
  });

  it('are not made of times within a line', () => {
    expect(parsed('2026-01-06 15:20 (a to b) see 2026-01-05 10:00 (lab)')).toEqual([
      { at: '2026-01-06T20:20:00Z', from: 'a', to: 'b', text: 'see 2026-01-05 10:00 (lab)' },
    ]);
  });

  it('keep what stands before the first', () => {
    expect(parsed('imported\n2026-01-06 15:20 (a to b)')).toEqual([
      { at: null, from: null, to: null, text: 'imported' },
      { at: '2026-01-06T20:20:00Z', from: 'a', to: 'b', text: '' },
    ]);
  });

  it('keep a time that is in no calendar in their text', () => {
    expect(parsed('2026-02-31 15:20 (a to b) x')).toEqual([
      { at: null, from: 'a', to: 'b', text: '2026-02-31 15:20 x' },
    ]);
  });

  it('say where the clock was put forward', () => {
    expect(parsed('2026-03-08 02:30 (a to b) x')).toMatchObject([{ at: '2026-03-08T07:30:00Z' }]);
    expect(raisedFlags()).toEqual(['entries_dst_gap']);
  });

  it('are none where there is no head, no text, or a secret', () => {
    expect(entries.apply('one line', '0')).toBeNull();
    expect(entries.apply(null, '0')).toBeNull();
    expect(entries.apply('2026-01-06 15:20 (a to b) x', '1')).toBeNull();
  });
});

describe('the text of a message', () => {
  it('stays as it is where it is encrypted', () => {
    expect(messageBody.apply(' 007abc\u0007', '1')).toBe(' 007abc\u0007');
    expect(messageFormat.apply('<p>x</p>', '1')).toBe('encrypted');
    expect(messageBody.apply(' x ')).toBe('x');
  });

  it('is HTML where an editor has left tags', () => {
    expect(messageFormat.apply('<P class="a">x</P>')).toBe('html');
    expect(messageFormat.apply('x<br/>y', null)).toBe('html');
    for (const text of ['a < b and c > d', '<10>', '<admin@example.org>', null])
      expect(messageFormat.apply(text)).toBe('text');
  });
});
