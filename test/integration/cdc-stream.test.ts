import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BinlogPosition } from '../../src/core/position.ts';
import { readBinlogPosition } from '../../src/mysql/position.ts';
import { startCdcSource, type CdcSource } from '../support/cdc-source.ts';
import { sourceFlavors } from '../support/databases.ts';
import { StreamReader } from '../support/stream-reader.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';

describe.each(sourceFlavors())('the stream of %s', (flavor) => {
  let source: CdcSource;
  /** Rows that were inserted by `change`, so that each test has keys of its own. */
  let key = 0;

  beforeAll(async () => {
    source = await startCdcSource(flavor);
    await source.query('CREATE TABLE notes (id INT PRIMARY KEY, body LONGTEXT)');
    await source.query('CREATE TABLE others (id INT PRIMARY KEY, body LONGTEXT)');
  });

  afterAll(() => source[Symbol.asyncDispose]());

  async function now(changes: Partial<BinlogPosition> = {}): Promise<BinlogPosition> {
    await using connection = await source.open();
    const position = await readBinlogPosition(connection);
    if (!position) throw new Error('the binlog is off');
    return { ...position, ...changes };
  }

  /** So many transactions, each with one row. */
  async function change(count: number, table = 'notes', body = "'x'"): Promise<void> {
    for (let done = 0; done < count; done++) {
      await source.query(`INSERT INTO ${table} VALUES (${(key += 1)}, ${body})`);
    }
  }

  /** All kinds of what an application does. Returns the lines that the reader must see. */
  async function workload(): Promise<string[]> {
    await change(2);
    await change(3, 'others');
    await source.query('BEGIN');
    await source.query(`UPDATE notes SET body = 'y' WHERE id > ${key - 5}`);
    await source.query('SAVEPOINT here');
    await source.query("INSERT INTO notes VALUES (-1, 'z')");
    await source.query('ROLLBACK TO here');
    await source.query(`DELETE FROM notes WHERE id = ${key - 4}`);
    await source.query('COMMIT');
    await source.query('BEGIN');
    await source.query('DELETE FROM notes');
    await source.query('ROLLBACK');
    await source.query('CREATE TABLE notes2 (id INT PRIMARY KEY) SELECT id FROM notes LIMIT 3');
    await source.query('ALTER TABLE notes2 ADD c INT');
    await source.query('TRUNCATE notes2');
    await source.query('FLUSH BINARY LOGS');
    await source.query('CREATE TEMPORARY TABLE scratch SELECT id FROM notes');
    await source.query('DROP TEMPORARY TABLE scratch');
    await source.query('DROP TABLE notes2');
    await change(1);
    return [
      'insert notes',
      'insert notes',
      'update notes, delete notes',
      'create-table clinic.notes2, insert notes2',
      'alter-table clinic.notes2',
      'truncate-table clinic.notes2',
      'drop-table clinic.notes2',
      'insert notes',
    ];
  }

  /** What the server itself says of temporary tables is of no interest. */
  const linesOf = (reader: StreamReader): string[] => reader.lines.filter((line) => line !== 'other');

  const STARTS = { 'by GTID': {}, 'by file and offset': { gtidSet: null } };

  describe.each(Object.entries(STARTS))('%s', (_, start) => {
    test('is what happened, in order, and ends where the server is', async () => {
      const from = await now(start);
      const expected = await workload();
      await using reader = new StreamReader(source.settings, from);
      await reader.until(() => linesOf(reader).length >= expected.length);
      expect(linesOf(reader)).toEqual(expected);
      const end = await now(start);
      const { recordedAt: _at, ...wanted } = end;
      await reader.until(() => reader.tracker.position().offset === wanted.offset, wanted.offset);
      expect(reader.tracker.position()).toMatchObject(wanted);
    });

    test('[invariant 4] from each place that was passed, exactly the rest follows', async () => {
      const from = await now(start);
      const expected = await workload();
      await using reader = new StreamReader(source.settings, from);
      await reader.until(() => linesOf(reader).length >= expected.length);
      for (const [index, { end }] of reader.transactions.entries()) {
        await using again = new StreamReader(source.settings, end);
        const rest = reader.lines.slice(index + 1);
        await again.untilCount(rest.length);
        await change(1, 'notes');
        await again.untilCount(rest.length + 1);
        expect(again.lines.slice(0, rest.length)).toEqual(rest);
        expect(again.lines.at(rest.length)).toBe('insert notes');
      }
    });
  });

  test('reads compressed transactions as it reads others', async () => {
    const isMariadb = flavor === 'mariadb';
    const setting = isMariadb ? 'GLOBAL log_bin_compress' : 'SESSION binlog_transaction_compression';
    const from = await now();
    await source.query(`SET ${setting} = ON`);
    try {
      await change(2, 'notes', "REPEAT('compressible ', 10000)");
      await source
        .query(`ALTER TABLE notes ADD c INT COMMENT '${'c'.repeat(500)}', DROP c`)
        .catch(() => undefined);
      await source.query(`ALTER TABLE notes COMMENT '${'c'.repeat(500)}'`);
    } finally {
      await source.query(`SET ${setting} = OFF`);
    }
    await using reader = new StreamReader(source.settings, from);
    await reader.untilCount(3);
    expect(reader.lines).toEqual(['insert notes', 'insert notes', 'alter-table clinic.notes']);
    const [first] = reader.transactions;
    expect(first?.bytes).toBeGreaterThan(130_000);
    // It took little room in the binlog.
    expect(Number(reader.transactions[1]?.end.offset) - Number(first?.end.offset)).toBeLessThan(5_000);
  });

  test('[invariant 7] a compressed transaction beyond its budget is named, before it is expanded', async () => {
    const setting =
      flavor === 'mariadb' ? 'GLOBAL log_bin_compress' : 'SESSION binlog_transaction_compression';
    const from = await now();
    await source.query(`SET ${setting} = ON`);
    await change(1, 'notes', "REPEAT('compressible ', 100000)");
    await source.query(`SET ${setting} = OFF`);
    await using reader = new StreamReader(source.settings, from, { maxExpandedBytes: 1_000_000 });
    expect(await reader.ended).toMatchObject({ code: 'CDC_EVENT_TOO_LARGE' });
    expect(reader.lines).toEqual([]);
  });

  test('[invariant 7] a compressed transaction many times as large as the queue is expanded as it is consumed', async () => {
    const setting =
      flavor === 'mariadb' ? 'GLOBAL log_bin_compress' : 'SESSION binlog_transaction_compression';
    const from = await now();
    const rows = Array.from({ length: 40 }, () => `(${(key += 1)}, REPEAT('compressible ', 50000))`);
    await source.query(`SET ${setting} = ON`);
    await source.query(`INSERT INTO notes VALUES ${rows.join(', ')}`);
    await source.query(`SET ${setting} = OFF`);
    await change(2);
    await using reader = new StreamReader(source.settings, from);
    let mostQueuedBytes = 0;
    reader.beforeTake = () => {
      mostQueuedBytes = Math.max(mostQueuedBytes, reader.stream.queuedBytes);
      return Promise.resolve();
    };
    await reader.untilCount(3);
    expect(reader.transactions[0]!.bytes).toBeGreaterThan(40 * 650_000);
    expect(reader.lines.slice(1)).toEqual(['insert notes', 'insert notes']);
    expect(mostQueuedBytes).toBeLessThan(6_000_000);
    expect(reader.reconnects).toEqual([]);
  });

  test('a cut, a stall and a black hole cost nothing but time', async () => {
    await using proxy = await startTcpProxy(source.settings);
    const settings = { ...source.settings, host: proxy.host, port: proxy.port };
    const from = await now();
    await using reader = new StreamReader(settings, from, { silenceMs: 2_000 });
    await change(3);
    await reader.untilCount(3);
    proxy.cut();
    await change(3);
    await reader.untilCount(6);
    proxy.blackHole();
    await change(3);
    await reader.untilCount(9);
    proxy.stall();
    await change(3);
    await reader.until(() => reader.reconnects.length >= 3, 'reconnect');
    proxy.cut();
    proxy.resume();
    await reader.untilCount(12);
    expect(reader.lines).toEqual(Array.from({ length: 12 }, () => 'insert notes'));
    expect(reader.reconnects.every(({ transient }) => transient)).toBe(true);
  });

  test('a transaction that is cut off is rolled back, and comes again whole', async () => {
    await using proxy = await startTcpProxy(source.settings);
    const settings = { ...source.settings, host: proxy.host, port: proxy.port };
    const from = await now();
    const first = key + 1;
    await source.query('BEGIN');
    for (let row = 0; row < 40; row++) await change(1, 'notes', "REPEAT('x', 100000)");
    await source.query('COMMIT');
    proxy.throttle(2_000_000);
    await using reader = new StreamReader(settings, from, { maxQueuedBytes: 400_000 });
    await reader.until(() => proxy.bytesToClients > 1_500_000);
    proxy.cut();
    proxy.resume();
    await reader.untilCount(1);
    expect(reader.rollbacks).toBe(1);
    expect(reader.lines).toEqual([Array.from({ length: 40 }, () => 'insert notes').join(', ')]);
    await source.query(`DELETE FROM notes WHERE id >= ${first}`);
  });

  test('[invariant 7] a consumer that stands still holds the source back, and memory stays bounded', async () => {
    const from = await now();
    for (let row = 0; row < 300; row++) await change(1, 'notes', "REPEAT('x', 400000)");
    await using reader = new StreamReader(source.settings, from, { maxQueuedBytes: 4_000_000 });
    let release: () => void = () => undefined;
    const standstill = new Promise<void>((resolve) => (release = resolve));
    reader.beforeTake = () => standstill;
    await reader.until(() => reader.stream.queuedBytes >= 4_000_000, 'full queue');
    const before = process.memoryUsage.rss();
    // Longer than the silence that a reading connection may meet.
    await new Promise((resolve) => setTimeout(resolve, 8_000));
    expect(reader.stream.queuedBytes).toBeLessThan(6_000_000);
    release();
    reader.beforeTake = () => Promise.resolve();
    await reader.untilCount(300);
    expect(reader.reconnects).toEqual([]);
    expect(process.memoryUsage.rss() - before).toBeLessThan(80_000_000);
  });

  test('a server that is killed and started again is followed on', async () => {
    const from = await now();
    await using reader = new StreamReader(source.settings, from);
    await change(5);
    await reader.untilCount(5);
    await source.server.kill();
    await source.server.start();
    await change(5);
    await reader.untilCount(10);
    await source.server.kill('SIGTERM');
    await source.server.start();
    await change(5);
    await reader.untilCount(15);
    expect(reader.lines).toEqual(Array.from({ length: 15 }, () => 'insert notes'));
  });

  test('[invariant 6] a change that is logged as a statement ends the stream before it', async () => {
    const from = await now();
    await change(1);
    await source.query("SET SESSION binlog_format = 'STATEMENT'");
    await change(1);
    await source.query("SET SESSION binlog_format = 'ROW'");
    await change(1);
    await using reader = new StreamReader(source.settings, from);
    expect(await reader.ended).toMatchObject({ code: 'CDC_STATEMENT_FORMAT', transient: false });
    expect(reader.lines).toEqual(['insert notes']);
  });

  test('[invariant 6] XA of other tables is passed over, of wanted ones refused unless it is in one phase', async () => {
    const from = await now();
    const run = async (table: string, ...ends: string[]): Promise<void> => {
      await source.query("XA START 'a','b'");
      await change(1, table);
      await source.query("XA END 'a','b'");
      for (const end of ends) await source.query(`XA ${end}`);
    };
    await run('others', "PREPARE 'a','b'", "COMMIT 'a','b'");
    await run('notes', "COMMIT 'a','b' ONE PHASE");
    await change(1);
    const beforeRefused = await now();
    await run('notes', "PREPARE 'a','b'");
    const prepared = await now();
    await source.query("XA COMMIT 'a','b'");
    await using reader = new StreamReader(source.settings, from);
    expect(await reader.ended).toMatchObject({ code: 'CDC_XA_UNSUPPORTED' });
    expect(reader.lines).toEqual(['insert notes', 'insert notes']);
    expect(reader.tracker.position().gtidSet).toBe(beforeRefused.gtidSet);
    // One that was prepared before the position may have rows that nobody has read.
    await using later = new StreamReader(source.settings, prepared);
    expect(await later.ended).toMatchObject({ code: 'CDC_XA_UNSUPPORTED' });
  });

  test('two readers with one server id are told so', async () => {
    const from = await now();
    await using first = new StreamReader(source.settings, from);
    await change(1);
    await first.untilCount(1);
    await using second = new StreamReader(source.settings, from);
    await second.untilCount(1);
    await change(1);
    expect(await first.ended).toMatchObject({ code: 'CDC_SERVER_ID_TAKEN', transient: false });
  });

  test.runIf(flavor === 'mysql')('reads tagged transactions, and when each was committed', async () => {
    const from = await now();
    await source.query("SET SESSION gtid_next = 'AUTOMATIC:nightly'");
    await change(2);
    await source.query("SET SESSION gtid_next = 'AUTOMATIC'");
    await change(1);
    await using reader = new StreamReader(source.settings, from);
    await reader.untilCount(3);
    expect(reader.transactions.map(({ gtid }) => gtid?.split(':')[1])).toEqual([
      'nightly',
      'nightly',
      expect.stringMatching(/^\d+$/),
    ]);
    expect(reader.tracker.position().gtidSet).toBe((await now()).gtidSet);
  });

  test('a binlog without checksums is read as well', async () => {
    await source.query('SET GLOBAL binlog_checksum = NONE');
    const from = await now();
    await change(2);
    await source.query('SET GLOBAL binlog_checksum = CRC32');
    await change(2);
    await using reader = new StreamReader(source.settings, from);
    await reader.untilCount(4);
    expect(reader.lines).toHaveLength(4);
  });
});
