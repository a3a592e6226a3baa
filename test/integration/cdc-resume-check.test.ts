import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkResume } from '../../cdc/resume-check.ts';
import type { BinlogPosition } from '../../src/core/position.ts';
import { readBinlogPosition } from '../../src/mysql/position.ts';
import { startCdcSource, type CdcSource } from '../support/cdc-source.ts';
import { sourceFlavors } from '../support/databases.ts';
import { StreamReader } from '../support/stream-reader.ts';

const ANOTHER_UUID = '2c256447-3f0d-431b-9a25-bddf1f1f6ef6';

describe.each(sourceFlavors())('a position on %s', (flavor) => {
  let source: CdcSource;
  let key = 0;
  const isMysql = flavor === 'mysql';

  beforeAll(async () => {
    source = await startCdcSource(flavor);
    await source.query('CREATE TABLE notes (id INT PRIMARY KEY)');
  });

  afterAll(() => source[Symbol.asyncDispose]());

  async function now(changes: Partial<BinlogPosition> = {}): Promise<BinlogPosition> {
    await using connection = await source.open();
    const position = await readBinlogPosition(connection);
    if (!position) throw new Error('the binlog is off');
    return { ...position, ...changes };
  }

  const change = (): Promise<unknown> => source.query(`INSERT INTO notes VALUES (${(key += 1)})`);

  /** MariaDB keeps a file until its recovery no longer needs it, and says nothing about that. */
  async function purge(): Promise<void> {
    for (;;) {
      const { file } = await now();
      await source.query(`PURGE BINARY LOGS TO '${file}'`);
      const files = await source.query('SHOW BINARY LOGS');
      if (files.length === 1) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  /** The code of the error, or null. What the check says, the stream must say. */
  async function outcome(from: BinlogPosition): Promise<string | null> {
    await using connection = await source.open();
    const code = await checkResume(connection, from).then(
      () => null,
      (error: { code: string }) => error.code,
    );
    if (code !== null) {
      await using reader = new StreamReader(source.settings, from);
      expect(await reader.ended).toMatchObject({ code, transient: false });
    }
    return code;
  }

  test('that was just recorded can be resumed, by GTID and by file', async () => {
    const position = await now();
    await change();
    expect(await outcome(position)).toBeNull();
    expect(await outcome({ ...position, gtidSet: null })).toBeNull();
    expect(await outcome(await now({ gtidSet: null }))).toBeNull();
  });

  test('in a file that was never there, or beyond its end, or between events, does not exist', async () => {
    const position = await now({ gtidSet: null });
    await change();
    expect(await outcome({ ...position, file: 'binlog.999999' })).toBe('CDC_POSITION_INVALID');
    expect(await outcome({ ...position, file: 'mysql-bin.000001' })).toBe('CDC_POSITION_INVALID');
    expect(await outcome({ ...position, offset: '99999999' })).toBe('CDC_POSITION_INVALID');
    const between = String(Number(position.offset) + 7);
    expect(await outcome({ ...position, offset: between })).toBe('CDC_POSITION_INVALID');
  });

  test('of another server cannot be joined without GTIDs, and can with them', async () => {
    const position = await now();
    const elsewhere = { ...position, serverUuid: ANOTHER_UUID, file: 'other.000009', offset: '99' };
    expect(await outcome({ ...elsewhere, gtidSet: null })).toBe('CDC_SOURCE_REPLACED');
    if (!isMysql) return;
    const failedOver = { ...elsewhere, gtidSet: position.gtidSet };
    expect(await outcome(failedOver)).toBeNull();
    await using reader = new StreamReader(source.settings, failedOver);
    await change();
    await reader.untilCount(1);
    expect(reader.tracker.position().gtidSet).toBe((await now()).gtidSet);
  });

  test('with transactions that the server lacks does not exist there', async () => {
    const position = await now();
    const ahead = isMysql ? `${position.serverUuid}:1-999999` : '0-1-999999';
    expect(await outcome({ ...position, gtidSet: ahead })).toBe('CDC_POSITION_INVALID');
  });

  test('whose files were purged is named as such, with the way back', async () => {
    const position = await now();
    for (let files = 0; files < 3; files++) {
      await change();
      await source.query('FLUSH BINARY LOGS');
    }
    await purge();
    await using reader = new StreamReader(source.settings, position);
    const error = await reader.ended;
    expect(error).toMatchObject({ code: 'CDC_POSITION_PURGED', transient: false, exitCode: 4 });
    expect(error.fix).toContain('bin/bulk --replace');
    expect(await outcome({ ...position, gtidSet: null })).toBe('CDC_POSITION_PURGED');
  });

  test('outlives the end of its connection by an administrator', async () => {
    const position = await now();
    await using reader = new StreamReader(source.settings, position);
    await change();
    await reader.untilCount(1);
    const [dump] = await source.query<{ ID: string }>(
      "SELECT ID FROM information_schema.processlist WHERE COMMAND LIKE 'Binlog Dump%'",
    );
    await source.query(`KILL ${dump?.ID}`);
    await change();
    await reader.untilCount(2);
    expect(reader.reconnects).toHaveLength(1);
  });

  test('on a server that was reset does not exist any more', async () => {
    for (let done = 0; done < 5; done++) await change();
    await source.query('FLUSH BINARY LOGS');
    const position = await now();
    await source.query(isMysql ? 'RESET BINARY LOGS AND GTIDS' : 'RESET MASTER');
    await change();
    expect(await outcome(position)).toBe('CDC_POSITION_INVALID');
    expect(await outcome({ ...position, gtidSet: null })).toBe('CDC_POSITION_INVALID');
  });

  test('on a server that was reset, and has come as far again, does not exist any more', async () => {
    const reset = isMysql ? 'RESET BINARY LOGS AND GTIDS' : 'RESET MASTER';
    await source.query(reset);
    for (let done = 0; done < 5; done++) await change();
    // In the second file that there is, longer than what comes there again.
    await source.query('FLUSH BINARY LOGS');
    for (let done = 0; done < 20; done++) await change();
    const position = await now();
    await source.query(reset);
    await source.query('FLUSH BINARY LOGS');
    for (let done = 0; done < 30; done++)
      await source.query('INSERT INTO notes SELECT max(id) + 1 FROM notes');
    expect(await outcome(position)).toBe('CDC_POSITION_INVALID');
    // As it was when the numbers had come further, and the files not.
    expect(await outcome({ ...position, file: 'binlog.000077' })).toBe('CDC_POSITION_INVALID');
    key += 1000;
  });

  test('of another server is joined by GTID, whatever its files are called', async () => {
    const position = await now();
    const elsewhere = { ...position, file: 'binlog.000077', offset: '99' };
    const identity = isMysql ? { serverUuid: ANOTHER_UUID } : { serverId: '4711' };
    expect(await outcome({ ...elsewhere, ...identity })).toBeNull();
    await using reader = new StreamReader(source.settings, { ...elsewhere, ...identity });
    await change();
    await reader.untilCount(1);
    const { recordedAt: _at, ...reached } = await now();
    expect(reader.tracker.position()).toMatchObject(reached);
  });

  test('of the other kind of server is refused', async () => {
    const other = isMysql
      ? { serverUuid: null, gtidSet: '0-1-5' }
      : { serverUuid: ANOTHER_UUID, gtidSet: `${ANOTHER_UUID}:1-5` };
    expect(await outcome(await now(other))).toBe('CDC_SOURCE_REPLACED');
  });
});

test.each(sourceFlavors())('a %s without a binlog is told so', async (flavor) => {
  await using source = await startCdcSource(flavor, ['--skip-log-bin']);
  const gtids = { mariadb: '0-1-5', mysql: `${ANOTHER_UUID}:1-5` };
  const from: BinlogPosition = {
    file: 'binlog.000001',
    offset: '4',
    gtidSet: gtids[flavor],
    serverUuid: flavor === 'mysql' ? ANOTHER_UUID : null,
    recordedAt: '',
  };
  await using reader = new StreamReader(source.settings, from);
  expect(await reader.ended).toMatchObject({ code: 'CDC_BINLOG_OFF', exitCode: 4 });
});

test.runIf(sourceFlavors().includes('mysql'))(
  'GTIDs that were switched off cannot be resumed from',
  async () => {
    await using source = await startCdcSource('mysql', ['--gtid-mode=OFF', '--enforce-gtid-consistency=OFF']);
    await using connection = await source.open();
    const position = await readBinlogPosition(connection);
    expect(position?.gtidSet).toBeNull();
    const before = { ...position, gtidSet: `${ANOTHER_UUID}:1-5` } as BinlogPosition;
    await expect(checkResume(connection, before)).rejects.toMatchObject({ code: 'CDC_BINLOG_OFF' });
    // Without GTIDs transactions are anonymous; file and offset lead on.
    await using reader = new StreamReader(source.settings, position as BinlogPosition);
    await source.query('CREATE TABLE notes (id INT PRIMARY KEY)');
    await source.query('INSERT INTO notes VALUES (1)');
    await reader.untilCount(2);
    expect(reader.lines).toEqual(['create-table clinic.notes', 'insert notes']);
    expect(reader.transactions[1]?.gtid).toBeNull();
    const [status] = await source.query<{ Position: string }>('SHOW BINARY LOG STATUS');
    expect(reader.tracker.position()).toMatchObject({ gtidSet: null, offset: String(status?.Position) });
  },
);
