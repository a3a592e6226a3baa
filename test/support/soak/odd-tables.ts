/** What clinics' schemas have besides: keys of awkward types, trees, large values, and definitions that change while rows do. */
import { anyChange } from '../live-workload.ts';
import type { Random } from '../random.ts';
import type { MysqlFlavor } from '../servers/index.ts';

const ODD_TABLES = [
  `CREATE TABLE codes (code VARCHAR(12) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci NOT NULL, part SMALLINT UNSIGNED NOT NULL,
     label VARCHAR(40), PRIMARY KEY (code, part))`,
  `CREATE TABLE tokens (token BINARY(4) NOT NULL PRIMARY KEY, hits BIGINT UNSIGNED NOT NULL DEFAULT 0, UNIQUE KEY (hits, token))`,
  `CREATE TABLE moments (at DATETIME(6) NOT NULL, who INT NOT NULL, amount DECIMAL(20,4), bits BIT(11), PRIMARY KEY (at, who))`,
  `CREATE TABLE tree (id INT NOT NULL PRIMARY KEY, parent INT, place INT, UNIQUE KEY one_place (place),
     FOREIGN KEY (parent) REFERENCES tree (id))`,
  `CREATE TABLE scans (id INT AUTO_INCREMENT PRIMARY KEY, page MEDIUMTEXT, bytes MEDIUMBLOB)`,
] as const;

/**
 * Of MariaDB, whose binlog does not have what cascades take: while its table is loaded in parts, a chain of them cannot be
 * followed over a row that is not there yet (README, Limits). The tree has none there.
 */
export function oddTables(flavor: MysqlFlavor): string[] {
  return ODD_TABLES.map((sql) =>
    flavor === 'mysql' ? sql.replace('REFERENCES tree (id)', '$& ON DELETE CASCADE') : sql,
  );
}

/** Enough for a transaction that is applied in parts. */
const LARGE_ROWS = 9;
const LARGE_BYTES = 2_000_000;

/** Any change of the clinic, or one of these tables. */
export function soakChange(next: Random): string {
  if (next(3) > 0) return anyChange(next);
  const moment = `'2026-02-${two(1 + next(9))} 10:00:${two(next(60))}.${next(9)}50000'`;
  switch (next(14)) {
    case 0:
    case 1:
      return `REPLACE INTO codes VALUES ('${code(next)}', ${next(3)}, 'l${next(99)}')`;
    case 2:
      return `INSERT INTO codes VALUES ('${code(next)}', ${next(3)}, NULL) ON DUPLICATE KEY UPDATE code = VALUES(code), label = 'twice ${next(99)}'`;
    case 3:
      return `UPDATE codes SET code = ${['UPPER', 'LOWER'][next(2)]}(code) WHERE part = ${next(3)}`;
    case 4:
      return `DELETE FROM codes WHERE code = '${code(next)}'`;
    case 5:
      return `INSERT INTO tokens VALUES (x'${token(next)}', ${next(50)}) ON DUPLICATE KEY UPDATE hits = hits + 1`;
    case 6:
      return `UPDATE IGNORE tokens SET token = x'${token(next)}' WHERE token = x'${token(next)}'`;
    case 7:
      return `INSERT IGNORE INTO moments VALUES (${moment}, ${next(4)}, ${next(1 << 30)} / 7, b'${next(1024).toString(2)}')`;
    case 8:
      return `UPDATE IGNORE moments SET at = at + INTERVAL ${1 + next(3)} SECOND, amount = -amount WHERE who = ${next(4)} LIMIT 5`;
    case 9:
      return `DELETE m, c FROM moments m LEFT JOIN codes c ON c.part = m.who WHERE m.at = ${moment}`;
    case 10:
    case 11:
      return `INSERT INTO tree SELECT ${next(400)}, (SELECT id FROM tree t ORDER BY id LIMIT 1 OFFSET ${next(20)}), NULL ON DUPLICATE KEY UPDATE place = ${next(400)}`;
    case 12:
      return `DELETE FROM tree WHERE id = ${next(400)}`;
    default:
      return scansChange(next);
  }
}

function scansChange(next: Random): string {
  if (next(12) === 0) {
    const rows = Array.from(
      { length: LARGE_ROWS },
      () => `(REPEAT('${'äx'[next(2)]}', ${LARGE_BYTES}), NULL)`,
    );
    return `INSERT INTO scans (page, bytes) VALUES ${rows.join(', ')}; DELETE FROM scans WHERE id % 4 > 0 AND bytes IS NULL`;
  }
  if (next(3) === 0) return `DELETE FROM scans WHERE id % 7 = ${next(7)}`;
  return `INSERT INTO scans (page, bytes) VALUES (NULL, REPEAT(x'00${token(next)}', ${next(20_000)}))`;
}

/** Definitions that sync lets pass, or applies, and changes of a table that it does not know. */
export function soakUpkeep(next: Random): string {
  const other = `later_${next(3)}`;
  switch (next(7)) {
    case 0:
    case 1:
      return 'TRUNCATE TABLE scratch';
    case 2:
      return 'ALTER TABLE scratch ADD INDEX by_value (v); ALTER TABLE scratch DROP INDEX by_value';
    case 3:
      return `CREATE TABLE IF NOT EXISTS ${other} (id INT AUTO_INCREMENT PRIMARY KEY, v INT); INSERT INTO ${other} (v) SELECT part FROM codes; DROP TABLE ${other}`;
    case 4:
      return 'ANALYZE TABLE patients, visits';
    case 5:
      return 'OPTIMIZE TABLE scratch';
    default:
      return 'FLUSH BINARY LOGS';
  }
}

const code = (next: Random): string =>
  ['a', 'B', 'ab', 'Ab', 'é', 'E', 'ß', 'ss', 'x ', 'x', '', '0'][next(12)]!;
const token = (next: Random): string =>
  ['00000000', '61000000', '61620000', '20202020', 'ff00ff00'][next(5)]!;
const two = (value: number): string => String(value).padStart(2, '0');
