import { setTimeout as sleep } from 'node:timers/promises';
import mysql from 'mysql2/promise';
import { describe, expect, test } from 'vitest';
import { openSource } from '../../src/mysql/connection.ts';
import { readBinlogPosition, settleMs } from '../../src/mysql/position.ts';
import { driverOptions } from '../support/database-address.ts';
import { sourceFlavors } from '../support/databases.ts';
import { startMariadb, startMysql } from '../support/servers/index.ts';
import { targetSettings } from '../support/target-settings.ts';

const START = { mariadb: startMariadb, mysql: startMysql };
const WRITERS = 8;
const UUID = (writer: number) => `aaaaaaaa-0000-0000-0000-00000000000${writer}`;

/** Each writer numbers its own transactions: MariaDB by domain, MySQL by a UUID in the place of the server's. */
function nextNumber(flavor: string, writer: number, number: number): string {
  return flavor === 'mariadb'
    ? `SET gtid_domain_id = ${writer + 1}, gtid_seq_no = ${number}`
    : `SET gtid_next = '${UUID(writer)}:${number}'`;
}

/** The last transaction of each writer that is before the position. */
function numbersBefore(gtidSet: string): Map<number, number> {
  const mariadb = [...gtidSet.matchAll(/(?:^|,)(\d+)-\d+-(\d+)/g)].map(([, domain, number]) => [
    Number(domain) - 1,
    Number(number),
  ]);
  const mysqls = [...gtidSet.matchAll(/aaaaaaaa-0000-0000-0000-00000000000(\d):(?:1-)?(\d+)/g)].map(
    ([, writer, number]) => [Number(writer), Number(number)],
  );
  return new Map([...mariadb, ...mysqls] as [number, number][]);
}

describe.each(sourceFlavors())('[invariant 2] the position P0 of %s', (flavor) => {
  test('has nothing before it that a reader does not see, while many write', async () => {
    const server = await START[flavor]({ extraArgs: ['--sync-binlog=1'] });
    try {
      const connect = () => mysql.createConnection({ ...driverOptions(server), multipleStatements: true });
      const admin = await connect();
      await admin.query('CREATE DATABASE p; CREATE TABLE p.t (w INT, n INT, PRIMARY KEY (w, n))');
      let stop = false;
      const writers = Array.from({ length: WRITERS }, async (_, writer) => {
        const session = await connect();
        for (let number = 1; !stop; number++)
          await session.query(
            `${nextNumber(flavor, writer, number)}; INSERT INTO p.t VALUES (${writer}, ${number})`,
          );
        session.destroy();
      });
      const source = await openSource(targetSettings(server, 'p'), { purpose: 'test' });
      const lacking: string[] = [];
      let compared = 0;
      const end = performance.now() + 4_000;
      while (performance.now() < end) {
        const position = (await readBinlogPosition(source))!;
        expect(settleMs(position, Date.now())).toBe(0);
        const [rows] = await admin.query('SELECT w, MAX(n) AS n FROM p.t GROUP BY w');
        const seen = new Map((rows as { w: number; n: number }[]).map(({ w, n }) => [w, n]));
        for (const [writer, number] of numbersBefore(position.gtidSet!)) {
          if (writer < 0) continue;
          compared++;
          if ((seen.get(writer) ?? 0) < number) lacking.push(`${writer}: ${number}`);
        }
      }
      stop = true;
      await Promise.all(writers);
      await source.close();
      admin.destroy();
      expect(compared).toBeGreaterThan(200);
      expect(lacking).toEqual([]);
    } finally {
      await server.stop();
    }
  });
});

test('rows are not read at once where the position has only file and offset, which are ahead of what is visible', async () => {
  const position = {
    file: 'b.1',
    offset: '4',
    gtidSet: null,
    serverUuid: 'u',
    recordedAt: new Date().toISOString(),
  };
  const wait = settleMs(position, Date.now());
  expect(wait).toBeGreaterThan(1_000);
  await sleep(20);
  expect(settleMs(position, Date.now())).toBeLessThan(wait);
  expect(settleMs(position, Date.now() + wait)).toBe(0);
});
