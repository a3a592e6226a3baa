import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { openBulkCase } from '../support/bulk-case.ts';
import { ledgerFaults } from '../support/bulk-case-checks.ts';
import { sourceFlavors } from '../support/databases.ts';

const MIB = 1024 * 1024;
/** What a packet of the protocol holds; a row of exactly this length is followed by an empty packet. */
const PACKET = 0xffffff;
/** Beside the large value a row has an id of two digits, the length of the value, and a NULL. */
const SHORT_OVERHEAD = 3 + 4 + 1;
const LONG_OVERHEAD = 3 + 9 + 1;

const span = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => from + at);

/** Where rows begin to be passed on in pieces, and where they need a second and a third packet. */
const SIZES = {
  mariadb: [
    ...span(MIB - SHORT_OVERHEAD - 2, MIB + 2),
    16_777_200,
    ...span(PACKET - SHORT_OVERHEAD - 1, PACKET - SHORT_OVERHEAD + 1),
    ...span(PACKET - 1, PACKET + 2),
    ...span(2 * PACKET - LONG_OVERHEAD - 1, 2 * PACKET - LONG_OVERHEAD + 1),
    64 * MIB,
  ],
  mysql: [
    ...span(MIB - SHORT_OVERHEAD - 1, MIB - SHORT_OVERHEAD + 1),
    ...span(PACKET - SHORT_OVERHEAD - 1, PACKET - SHORT_OVERHEAD + 1),
    ...span(PACKET - 1, PACKET + 1),
    2 * PACKET - LONG_OVERHEAD,
    64 * MIB,
  ],
};

/** So many bytes, in which no shift goes unnoticed. */
const bytesOf = (size: number) =>
  `LEFT(REPEAT(UNHEX(SHA2('${size}', 256)), ${Math.ceil(size / 32)}), ${size})`;
const textOf = (size: number) => `LEFT(REPEAT(SHA2('${size}', 256), ${Math.ceil(size / 64)}), ${size})`;

describe.each(sourceFlavors())('rows of %s from 1 MiB to 64 MiB', (flavor) => {
  test('arrive byte by byte, as bytes and as text; a refused one is kept by its size and digest', async () => {
    await using large = await openBulkCase({ flavor, changes: { JOBS: '2', MAX_REJECTS: '1' } });
    const { sourceQuery, targetQuery } = large;
    await sourceQuery('CREATE TABLE large (id INT PRIMARY KEY, b LONGBLOB, t LONGTEXT CHARACTER SET ascii)');
    for (const [at, size] of SIZES[flavor].entries()) {
      await sourceQuery(`INSERT INTO large VALUES (${10 + at}, ${bytesOf(size)}, NULL)`);
    }
    await sourceQuery(
      `INSERT INTO large VALUES (70, NULL, ${textOf(64 * MIB)}), (71, ${bytesOf(9)}, ${textOf(20 * MIB)})`,
    );
    await sourceQuery(`CREATE TABLE refused (id INT PRIMARY KEY, t LONGTEXT)`);
    await sourceQuery(
      `INSERT INTO refused VALUES (1, 'x'), (2, CONCAT(${textOf(20 * MIB)}, CHAR(0 USING utf8mb4))), (3, 'y')`,
    );
    await large.succeed('schema');
    await large.succeed('bulk');

    const wanted = await sourceQuery(
      'SELECT id, SHA2(b, 256) AS b, SHA2(t, 256) AS t FROM large ORDER BY id',
    );
    const found = await targetQuery(
      "SELECT id, encode(sha256(b), 'hex') AS b, encode(sha256(convert_to(t, 'UTF8')), 'hex') AS t FROM large ORDER BY id",
    );
    expect(found).toEqual(wanted);
    expect(await targetQuery('SELECT id, t FROM refused ORDER BY id')).toEqual([
      { id: 1, t: 'x' },
      { id: 3, t: 'y' },
    ]);
    const text = createHash('sha256')
      .update(`${20 * MIB}`)
      .digest('hex')
      .repeat((20 * MIB) / 64);
    const sha256 = createHash('sha256').update(`${text}\0`).digest('hex');
    expect(await targetQuery('SELECT reason, column_name, row_data FROM transfuse.rejects')).toEqual([
      { reason: 'nul_byte', column_name: 't', row_data: { id: '2', t: { bytes: 20 * MIB + 1, sha256 } } },
    ]);
    expect(await ledgerFaults(large)).toEqual([]);
  }, 180_000);
});
