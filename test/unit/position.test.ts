import { describe, expect, test } from 'vitest';
import { compareFilePlaces, hasPassed, type BinlogPosition } from '../../src/core/position.ts';

const ONE = '3e11fa47-71ca-11e1-9e33-c80aa9429562';
const OTHER = '2c256447-3f0d-431b-9a25-bddf1f1f6ef6';

function at(file: string, offset: string | number, more: Partial<BinlogPosition> = {}): BinlogPosition {
  return { file, offset: String(offset), gtidSet: null, serverUuid: ONE, recordedAt: '', ...more };
}

describe('whether a position has been passed', () => {
  test.each([
    ['the same place', at('b.000001', 4), at('b.000001', 4), true],
    ['a smaller offset', at('b.000001', 99), at('b.000001', 100), false],
    ['offsets are numbers', at('b.000001', 1000), at('b.000001', 999), true],
    [
      'offsets beyond what a double holds',
      at('b.1', '9007199254740993'),
      at('b.1', '9007199254740994'),
      false,
    ],
    ['a later file', at('b.000002', 4), at('b.000001', 9999), true],
    ['file numbers of seven digits', at('b.999999', 4), at('b.1000000', 4), false],
  ])('%s', (_, reached, goal, expected) => {
    expect(hasPassed(reached, goal)).toBe(expected);
  });

  test('on one server the file decides: an executed set may hold numbers that no binlog has', () => {
    const reached = at('b.000002', 200, { gtidSet: `${ONE}:5-9` });
    expect(hasPassed(reached, at('b.000002', 200, { gtidSet: `${ONE}:1-9` }))).toBe(true);
  });

  test('on two servers the GTIDs decide', () => {
    const goal = at('b.000009', 900, { gtidSet: `${ONE}:1-9` });
    expect(hasPassed(at('x.000001', 4, { serverUuid: OTHER, gtidSet: `${ONE}:1-9` }), goal)).toBe(true);
    expect(hasPassed(at('b.000010', 4, { serverUuid: OTHER, gtidSet: `${ONE}:1-8` }), goal)).toBe(false);
  });

  test('on MariaDB, whose servers have no name, GTIDs go before files', () => {
    const goal = at('b.000001', 400, { serverUuid: null, gtidSet: '0-1-20' });
    expect(hasPassed(at('b.000001', 300, { serverUuid: null, gtidSet: '0-2-21' }), goal)).toBe(true);
    expect(hasPassed(at('b.000002', 300, { serverUuid: null, gtidSet: '0-2-19' }), goal)).toBe(false);
    expect(hasPassed(at('b.000002', 300, { serverUuid: null }), goal)).toBe(true);
  });

  test('files of two series without GTIDs cannot be compared', () => {
    expect(compareFilePlaces(at('a.000001', 4), at('b.000001', 4))).toBeNull();
    expect(() => hasPassed(at('a.000001', 4), at('b.000001', 4))).toThrow('cannot be compared');
    const failedOver = at('b.000001', 4, { serverUuid: OTHER });
    expect(() => hasPassed(failedOver, at('b.000001', 4))).toThrow('cannot be compared');
  });
});
