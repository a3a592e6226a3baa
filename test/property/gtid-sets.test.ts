import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { includesGtids, parseGtidSet } from '../../src/core/gtid-set.ts';
import { MariadbGtidPosition } from '../../src/core/mariadb-gtid-position.ts';
import { MysqlGtidSet } from '../../src/core/mysql-gtid-set.ts';

const UUIDS = ['3e11fa47-71ca-11e1-9e33-c80aa9429562', '2c256447-3f0d-431b-9a25-bddf1f1f6ef6'];
const HUGE = 2n ** 63n - 20n;

/** A transaction out of few sources, with numbers close together at both ends of the range. */
const mysqlGtid = fc
  .tuple(
    fc.constantFrom(...UUIDS),
    fc.constantFrom('', ':backup', ':nightly_job'),
    fc.integer({ min: 1, max: 18 }),
    fc.boolean(),
  )
  .map(([uuid, tag, number, isHuge]) => `${uuid}${tag}:${isHuge ? HUGE + BigInt(number) : number}`);
const mysqlGtids = fc.array(mysqlGtid, { maxLength: 60 });

function setOf(gtids: string[]): MysqlGtidSet {
  const set = new MysqlGtidSet();
  for (const gtid of gtids) set.add(gtid);
  return set;
}

describe('a GTID set of MySQL', () => {
  test('contains exactly what was added, in any order', () => {
    fc.assert(
      fc.property(mysqlGtids, mysqlGtids, (gtids, others) => {
        const set = setOf(gtids);
        for (const gtid of [...gtids, ...others]) expect(set.contains(gtid)).toBe(gtids.includes(gtid));
        expect(setOf(gtids.toReversed()).equals(set)).toBe(true);
      }),
    );
  });

  test('is the same after it was written and read', () => {
    fc.assert(
      fc.property(mysqlGtids, (gtids) => {
        const text = setOf(gtids).toString();
        expect(MysqlGtidSet.parse(text).toString()).toBe(text);
        expect(MysqlGtidSet.parse(text.toUpperCase().replaceAll(',', ' ,\n')).toString()).toBe(text);
      }),
    );
  });

  test('unions and subsets agree with plain sets', () => {
    fc.assert(
      fc.property(mysqlGtids, mysqlGtids, (some, more) => {
        const [a, b] = [setOf(some), setOf(more)];
        const both = a.union(b);
        expect(both.equals(setOf([...some, ...more]))).toBe(true);
        expect(a.isSubsetOf(both) && b.isSubsetOf(both)).toBe(true);
        expect(a.isSubsetOf(b)).toBe(some.every((gtid) => more.includes(gtid)));
        expect(a.equals(setOf(some))).toBe(true);
      }),
    );
  });

  test('is written as the server writes it', () => {
    const [one, two] = UUIDS as [string, string];
    const set = MysqlGtidSet.parse(`${one}:5:1-2:3:tag_b:2:tag_a:1:2-3,${two}:9`);
    expect(set.toString()).toBe(`${two}:9,${one}:1-3:5:tag_a:1-3:tag_b:2`);
    expect(MysqlGtidSet.parse(' ').isEmpty).toBe(true);
  });

  test.each([
    'x:1',
    `${UUIDS[0]}`,
    `${UUIDS[0]}:0`,
    `${UUIDS[0]}:2-1`,
    `${UUIDS[0]}:1-2-3`,
    `${UUIDS[0]}:9223372036854775808`,
    `${UUIDS[0]}:tag`,
    `${UUIDS[0]}:tag:other:1`,
    `${UUIDS[0]}:0x10`,
    '0-1-2',
  ])('refuses %s', (text) => {
    expect(() => MysqlGtidSet.parse(text)).toThrow('none');
  });
});

const domains = fc.uniqueArray(
  fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 1, max: 4 }), fc.bigInt(0n, 2n ** 64n - 1n)),
  { selector: ([domain]) => domain, maxLength: 6 },
);
const asText = (ends: [number, number, bigint][]): string => ends.map((end) => end.join('-')).join(',');

describe('a GTID position of MariaDB', () => {
  test('is the same after it was written and read, and after the same transactions were added', () => {
    fc.assert(
      fc.property(domains, (ends) => {
        const position = MariadbGtidPosition.parse(asText(ends));
        const sorted = [...ends].sort(([a], [b]) => a - b);
        expect(position.toString()).toBe(asText(sorted));
        const added = new MariadbGtidPosition();
        for (const end of ends) added.add(end.join('-'));
        expect(added.equals(position)).toBe(true);
      }),
    );
  });

  test('covers all numbers of a domain up to its own, and no other domain', () => {
    fc.assert(
      fc.property(domains, domains, (ends, probes) => {
        const position = MariadbGtidPosition.parse(asText(ends));
        for (const [domain, server, sequence] of probes) {
          const end = ends.find(([other]) => other === domain);
          const isCovered = end !== undefined && sequence <= end[2];
          expect(position.contains(`${domain}-${server}-${sequence}`)).toBe(isCovered);
        }
      }),
    );
  });

  test('a union covers what one of the two covers', () => {
    fc.assert(
      fc.property(domains, domains, domains, (some, more, probes) => {
        const [a, b] = [MariadbGtidPosition.parse(asText(some)), MariadbGtidPosition.parse(asText(more))];
        const both = a.union(b);
        expect(a.isSubsetOf(both) && b.isSubsetOf(both)).toBe(true);
        for (const gtid of probes.map((end) => end.join('-'))) {
          expect(both.contains(gtid)).toBe(a.contains(gtid) || b.contains(gtid));
        }
      }),
    );
  });

  test.each(['0-1', '0-1-2,0-2-3', '4294967296-1-1', '0-1-18446744073709551616', 'a-b-c', '0--1'])(
    'refuses %s',
    (text) => {
      expect(() => MariadbGtidPosition.parse(text)).toThrow('none');
    },
  );
});

test('sets of two dialects are told apart, and cannot be compared', () => {
  const mysql = parseGtidSet(`${UUIDS[0]}:1-5`);
  const mariadb = parseGtidSet('0-1-5');
  expect([mysql.dialect, mariadb.dialect, parseGtidSet('', 'mariadb').dialect]).toEqual([
    'mysql',
    'mariadb',
    'mariadb',
  ]);
  expect(() => includesGtids(mysql, mariadb)).toThrow('cannot be compared');
  expect(includesGtids(mysql, parseGtidSet(''))).toBe(true);
  expect(includesGtids(parseGtidSet(''), mysql)).toBe(false);
});
