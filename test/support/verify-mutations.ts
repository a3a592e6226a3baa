/** The smallest changes of a target, and what a verification must say of each. */
import { numbered } from './bulk-case-ballast.ts';
import type { CommandOutcome } from './run-command.ts';

interface Verified {
  result?: {
    databases: { mappings: { mapping: string; rows: { kind: string; columns: string[] }[] }[] }[];
  };
}

/** What is verified: every kind of value, a key of two columns, and no key at all. */
export function verifiedTables(rows: number): string[] {
  return [
    `CREATE TABLE visits (id INT UNSIGNED PRIMARY KEY, ward VARCHAR(40) NOT NULL, seen DATETIME(6), amount DECIMAL(12,4), weight DOUBLE, flag TINYINT(1),
    note TEXT, raw VARBINARY(40), doc JSON, took TIME(3), kind ENUM('a','b'))`,
    `INSERT INTO visits ${numbered(
      "n, CONCAT('ward ', n % 7), '2026-01-02 03:04:05.000006' + INTERVAL n SECOND, n / 16, n / 7, n % 2, IF(n % 5, CONCAT('note ', n), ''), UNHEX(LPAD(HEX(n), 8, '0')), CONCAT('{\"b\": ', n, '.50, \"a\": [1, \"x\", null], \"aa\": 1e2}'), '-01:02:03.456', 'b'",
      rows,
    )}`,
    'CREATE TABLE pair (a VARCHAR(10) NOT NULL, b INT NOT NULL, c VARCHAR(20), PRIMARY KEY (a, b))',
    `INSERT INTO pair ${numbered("CONCAT('k', n % 5), n, CONCAT('c', n)", 400)}`,
    'CREATE TABLE keyless (a INT, b VARCHAR(20))',
    `INSERT INTO keyless ${numbered("n % 50, CONCAT('b', n % 3)", 300)}`,
    'CREATE TABLE blank (id INT PRIMARY KEY)',
  ];
}

/** Every difference as `mapping kind columns`. */
export function foundIn(outcome: CommandOutcome): string[] {
  const { result } = JSON.parse(outcome.stdout) as Verified;
  if (!result) throw new Error(outcome.stdout + outcome.stderr);
  return result.databases.flatMap(({ mappings }) =>
    mappings.flatMap(({ mapping, rows }) =>
      rows.map(({ kind, columns }) => [mapping, kind, ...columns].join(' ')),
    ),
  );
}

export type Mutation = [name: string, sql: (id: number) => string[], found: string[]];

/** Each changes the target as little as it can, and names what must be found; `id` is of a row of its own. */
export function mutationsAmong(rows: number): Mutation[] {
  return [
    [
      'a bit of bytes',
      (id) => [`UPDATE visits SET raw = set_bit(raw, 7, 1 - get_bit(raw, 7)) WHERE id = ${id}`],
      ['visits differs raw'],
    ],
    [
      'a microsecond',
      (id) => [`UPDATE visits SET seen = seen + interval '1 microsecond' WHERE id = ${id}`],
      ['visits differs seen'],
    ],
    [
      'a trailing blank',
      (id) => [`UPDATE visits SET ward = ward || ' ' WHERE id = ${id}`],
      ['visits differs ward'],
    ],
    [
      'upper case',
      (id) => [`UPDATE visits SET ward = upper(ward) WHERE id = ${id}`],
      ['visits differs ward'],
    ],
    [
      'NULL for the empty text',
      (id) => [`UPDATE visits SET note = CASE WHEN note = '' THEN NULL ELSE '' END WHERE id = ${id}`],
      ['visits differs note'],
    ],
    [
      'a unit of the last decimal',
      (id) => [`UPDATE visits SET amount = amount + 0.0001 WHERE id = ${id}`],
      ['visits differs amount'],
    ],
    ['a sign', (id) => [`UPDATE visits SET took = -took WHERE id = ${id}`], ['visits differs took']],
    [
      'the last bit of a double',
      (id) => [`UPDATE visits SET weight = weight * (1 + 2.3e-16::float8) + 5e-324 WHERE id = ${id}`],
      ['visits differs weight'],
    ],
    [
      'a number inside JSON',
      (id) => [
        `UPDATE visits SET doc = jsonb_set(doc, '{b}', to_jsonb((doc->>'b')::numeric + 0.01)) WHERE id = ${id}`,
      ],
      ['visits differs doc'],
    ],
    [
      'a text inside JSON that was a number',
      (id) => [`UPDATE visits SET doc = jsonb_set(doc, '{b}', to_jsonb(doc->>'b')) WHERE id = ${id}`],
      ['visits differs doc'],
    ],
    [
      'two values swapped',
      (id) => [`UPDATE visits SET note = ward, ward = 'note' WHERE id = ${id}`],
      ['visits differs ward note'],
    ],
    [
      'two keys swapped',
      (id) => [
        `UPDATE visits SET id = 999999 WHERE id = ${id}`,
        `UPDATE visits SET id = ${id} WHERE id = ${id + 1}`,
        `UPDATE visits SET id = ${id + 1} WHERE id = 999999`,
      ],
      ['visits differs', 'visits differs'],
    ],
    ['a row that is gone', (id) => [`DELETE FROM visits WHERE id = ${id}`], ['visits missing']],
    [
      'a row that nobody has',
      (id) => [`INSERT INTO visits (id, ward) VALUES (${rows + 10 + id}, 'x')`],
      ['visits extra'],
    ],
    [
      'another key of two columns',
      (id) => [`UPDATE pair SET b = b + 100000 WHERE b = ${1 + (id % 399)}`],
      ['pair missing', 'pair extra'],
    ],
    [
      'a row twice without a key',
      (id) => [`INSERT INTO keyless SELECT * FROM keyless WHERE a = ${id % 50} LIMIT 1`],
      ['keyless extra'],
    ],
    [
      'a row fewer without a key',
      (id) => [`DELETE FROM keyless WHERE ctid = (SELECT ctid FROM keyless WHERE a = ${id % 50} LIMIT 1)`],
      ['keyless missing'],
    ],
    [
      'another value without a key',
      (id) => [
        `UPDATE keyless SET b = 'z' WHERE ctid = (SELECT ctid FROM keyless WHERE a = ${id % 50} LIMIT 1)`,
      ],
      ['keyless missing', 'keyless extra'],
    ],
  ];
}
