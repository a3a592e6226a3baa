import { describe, expect, test } from 'vitest';
import { TransactionAssembler } from '../../cdc/assembler.ts';
import { EVENT } from '../../cdc/event-type.ts';
import { PositionTracker } from '../../cdc/position-tracker.ts';
import type { StreamItem } from '../../cdc/transaction-model.ts';
import type { BinlogPosition } from '../../src/core/position.ts';
import type { SourceServer } from '../../src/mysql/server-version.ts';

const UUID = '3e11fa47-71ca-11e1-9e33-c80aa9429562';
const MYSQL: SourceServer = { flavor: 'mysql', version: '9.7.4', versionNumber: 9_07_04 };
const MARIADB: SourceServer = { flavor: 'mariadb', version: '10.11.19-MariaDB', versionNumber: 10_11_19 };
const PREPARED_XA = 64;

/** Feeds events one behind the other, each of 100 bytes. */
class Feed {
  readonly items: StreamItem[] = [];
  readonly assembler: TransactionAssembler;
  offset = 1000;

  constructor(server: SourceServer, gtidSet: string | null) {
    const from: BinlogPosition = {
      file: 'b.000001',
      offset: '1000',
      gtidSet,
      serverUuid: server.flavor === 'mysql' ? UUID : null,
      recordedAt: '',
    };
    this.assembler = new TransactionAssembler({
      from,
      server,
      wants: (_, table) => table === 'notes',
      maxExpandedBytes: 1_000_000,
      emit: (item) => void this.items.push(item),
    });
  }

  event(
    type: number,
    body: Buffer = Buffer.alloc(0),
    changes: { flags?: number; nextOffset?: number } = {},
  ): this {
    this.offset += 100;
    const parts = { timestamp: 1_700_000_000, serverId: 1, flags: 0, nextOffset: this.offset, ...changes };
    this.assembler.push({ type, ...parts, body, file: 'b.000001', endOffset: this.offset });
    return this;
  }

  gtid(number: number): this {
    const body = Buffer.alloc(25);
    Buffer.from(UUID.replaceAll('-', ''), 'hex').copy(body, 1);
    body.writeBigInt64LE(BigInt(number), 17);
    return this.event(EVENT.gtid, body);
  }

  mariadbGtid(sequence: number, flags = 0, moreFlags = 0): this {
    const body = Buffer.alloc(20);
    body.writeBigUInt64LE(BigInt(sequence), 0);
    body[12] = flags;
    body[13] = moreFlags;
    return this.event(EVENT.mariadbGtid, body);
  }

  query(sql: string): this {
    const head = Buffer.alloc(13);
    head[8] = 6;
    return this.event(EVENT.query, Buffer.concat([head, Buffer.from(`clinic\0${sql}`)]));
  }

  /** A row of a table with one INT column, as binlog_row_metadata=FULL describes it. */
  row(table: string, tableId: number): this {
    const id = Buffer.alloc(6);
    id.writeUIntLE(tableId, 0, 6);
    const name = (text: string) => Buffer.from([text.length, ...Buffer.from(text), 0]);
    const columns = Buffer.from([1, 3, 0, 0, 1, 1, 0, 4, 3, 2, 105, 100]);
    this.event(
      EVENT.tableMap,
      Buffer.concat([id, Buffer.from([1, 0]), name('clinic'), name(table), columns]),
    );
    return this.event(30, Buffer.concat([id, Buffer.from([1, 0, 2, 0, 1, 0xff, 0, 42, 0, 0, 0])]));
  }

  get kinds(): string {
    return this.items.map(({ kind }) => kind).join(' ');
  }
}

const mysql = () => new Feed(MYSQL, `${UUID}:1-6`);
const mariadb = () => new Feed(MARIADB, '0-1-6');

describe('transactions', () => {
  test('of wanted tables are begin, rows, commit; of others only a position', () => {
    const feed = mysql().gtid(7).query('BEGIN').row('notes', 5).row('others', 6).event(EVENT.xid);
    feed.gtid(8).query('BEGIN').row('others', 6).event(EVENT.xid);
    expect(feed.kinds).toBe('begin rows commit position');
    expect(feed.items[0]).toMatchObject({ gtid: `${UUID}:7`, start: { file: 'b.000001', offset: 1000 } });
    expect(feed.items[2]).toEqual({
      kind: 'commit',
      gtid: `${UUID}:7`,
      end: { file: 'b.000001', offset: 1700 },
    });
    expect(feed.assembler.position).toMatchObject({ offset: '2200', gtidSet: `${UUID}:1-8` });
  });

  test('are found without any announcement, as MySQL 5.6 writes them', () => {
    const feed = new Feed(MYSQL, null).query('BEGIN').row('notes', 5).event(EVENT.xid);
    expect(feed.kinds).toBe('begin rows commit');
    expect(feed.items[0]).toMatchObject({ gtid: null, commitTimestampMs: 1_700_000_000_000 });
    expect(feed.assembler.position.gtidSet).toBeNull();
  });

  test('hand over copies: the bytes of an event are used again', () => {
    const feed = mysql().gtid(7).query('BEGIN');
    const body = Buffer.from([5, 0, 0, 0, 0, 0, 1, 0, 2, 0, 1, 0xff, 0, 42, 0, 0, 0]);
    feed.row('notes', 5).event(30, body);
    body.fill(0);
    const rows = feed.items.filter((item) => item.kind === 'rows').map((item) => [...item.rows.body]);
    expect(rows).toEqual([
      [0, 42, 0, 0, 0],
      [0, 42, 0, 0, 0],
    ]);
  });

  test('[invariant 4] that a fault cut off are void, and no position covers them', () => {
    const feed = mysql().gtid(7).query('BEGIN').row('notes', 5);
    feed.assembler.reconnected({ serverUuid: UUID });
    expect(feed.kinds).toBe('begin rows rollback');
    expect(feed.assembler.position).toMatchObject({ offset: '1000', gtidSet: `${UUID}:1-6` });
    feed.gtid(7).query('BEGIN').row('notes', 5).event(EVENT.xid);
    expect(feed.kinds).toBe('begin rows rollback begin rows commit');
  });

  test('from another server are announced, and its name goes with its first place', () => {
    const feed = mysql().gtid(7).query('BEGIN').row('notes', 5);
    const tracker = new PositionTracker({ ...feed.assembler.position });
    feed.assembler.reconnected({ serverUuid: 'another' });
    expect(feed.kinds).toBe('begin rows rollback server');
    for (const item of feed.items) tracker.advance(item);
    expect(tracker.position()).toMatchObject({ offset: '1000', serverUuid: UUID });
    expect(feed.assembler.position).toMatchObject({ offset: '1000', serverUuid: UUID });
    feed.gtid(7).query('BEGIN').row('notes', 5).event(EVENT.xid);
    for (const item of feed.items) tracker.advance(item);
    expect(tracker.position()).toMatchObject({ serverUuid: 'another', gtidSet: `${UUID}:1-7` });
    expect(feed.assembler.position).toMatchObject({ serverUuid: 'another', gtidSet: `${UUID}:1-7` });
    feed.assembler.reconnected({ serverUuid: 'another' });
    expect(feed.kinds).toBe('begin rows rollback server begin rows commit');
  });

  test('that a crash of the source left without an end are void when the next file begins', () => {
    const feed = mariadb().mariadbGtid(7).row('notes', 5);
    feed.event(EVENT.formatDescription, Buffer.alloc(0), { nextOffset: 0 });
    expect(feed.kinds).toBe('begin rows');
    feed.event(EVENT.formatDescription).mariadbGtid(8).row('notes', 5).event(EVENT.xid);
    expect(feed.kinds).toBe('begin rows rollback begin rows commit');
    expect(feed.assembler.position.gtidSet).toBe('0-1-8');
  });

  test('of MariaDB are one statement where it stands alone, also within one that has rows', () => {
    const feed = mariadb().mariadbGtid(7, 1).query('DROP TABLE notes');
    feed.mariadbGtid(8).query('CREATE TABLE notes (id INT)').row('notes', 9).event(EVENT.xid);
    expect(feed.kinds).toBe('statement begin statement rows commit');
    expect(feed.items[0]).toMatchObject({ inTransaction: false, gtid: '0-1-7', end: { offset: 1200 } });
    expect(feed.items[2]).toMatchObject({ inTransaction: true, statement: { kind: 'create-table' } });
  });

  test('idle sources move on too', () => {
    const feed = mysql().event(EVENT.heartbeat, Buffer.from('b.000001'));
    expect(feed.items).toEqual([
      { kind: 'position', gtid: null, commitTimestampMs: null, end: { file: 'b.000001', offset: 1100 } },
    ]);
  });

  test('a tracker of the items is where the assembler is', () => {
    const feed = mysql()
      .gtid(7)
      .query('BEGIN')
      .row('notes', 5)
      .event(EVENT.xid)
      .gtid(8)
      .query('DROP TABLE x');
    const tracker = new PositionTracker({ ...mysql().assembler.position });
    for (const item of feed.items) tracker.advance(item);
    const { recordedAt: _at, ...position } = feed.assembler.position;
    expect(tracker.position()).toMatchObject(position);
  });
});

describe('[invariant 6] the stream stops before', () => {
  const known = new Set<number>([
    ...Object.values(EVENT),
    23,
    24,
    25,
    30,
    31,
    32,
    39,
    166,
    167,
    168,
    169,
    170,
    171,
  ]);
  const unknown = Array.from({ length: 256 }, (_, type) => type).filter((type) => !known.has(type));

  test('every event that is not known', () => {
    expect(unknown.length).toBeGreaterThan(200);
    for (const type of [...unknown, EVENT.incident, EVENT.transactionPayload]) {
      expect(() => mysql().event(type)).toThrow('b.000001');
      expect(() => mysql().gtid(7).query('BEGIN').event(type)).toThrow('b.000001:1000');
    }
  });

  test.each([EVENT.intVar, EVENT.rand, EVENT.userVar, EVENT.beginLoadQuery, EVENT.executeLoadQuery])(
    'what only statement format writes: %i',
    (type) => {
      expect(() => mysql().gtid(7).query('BEGIN').event(type)).toThrow('logged as a statement');
    },
  );

  test.each(['INSERT INTO others VALUES (1)', 'CALL p()', 'CREATE TABLE t SELECT 1'])('%s', (sql) => {
    expect(() => mysql().gtid(7).query('BEGIN').query(sql)).toThrow('logged as a statement');
  });

  test('rows outside of a transaction, or of a table that was not described', () => {
    expect(() => mysql().row('notes', 5)).toThrow('not well-formed');
    expect(() => mysql().gtid(7).query('BEGIN').event(30, Buffer.alloc(20, 9))).toThrow('not well-formed');
    expect(() => mysql().event(EVENT.xid)).toThrow('not well-formed');
    expect(() => mysql().gtid(7).gtid(8)).toThrow('not well-formed');
  });

  test('a part of a transaction that is undone, unless nobody wants its rows', () => {
    const undone = (table: string, sql: string) => mysql().gtid(7).query('BEGIN').row(table, 5).query(sql);
    for (const sql of ['ROLLBACK', 'ROLLBACK TO `sp`']) {
      expect(() => undone('notes', sql)).toThrow('undoes');
      expect(undone('others', sql).kinds).toMatch(/^(?:position)?$/);
    }
    expect(undone('notes', 'SAVEPOINT `sp`').kinds).toBe('begin rows');
  });

  test('XA of MariaDB with wanted rows, and an ALTER in two phases', () => {
    const xid = Buffer.from([0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 97]);
    const prepared = (table: string) =>
      mariadb()
        .mariadbGtid(7, PREPARED_XA)
        .query("XA START X'61',X'',1")
        .row(table, 5)
        .event(EVENT.xaPrepare, xid);
    expect(() => prepared('notes')).toThrow('XA');
    const decided = prepared('others').mariadbGtid(8, 128).query("XA COMMIT X'61',X'',1");
    expect(decided.kinds).toBe('position position');
    expect(() => mariadb().mariadbGtid(7, 128).query("XA COMMIT X'61',X'',1")).toThrow('XA');
    expect(mariadb().mariadbGtid(7, 128).query("XA ROLLBACK X'61',X'',1").kinds).toBe('position');
    expect(() => mariadb().mariadbGtid(7, 1, 2)).toThrow('two phases');
  });

  test('text in a character set whose bytes may look like quotes', () => {
    const head = Buffer.alloc(13);
    head[11] = 7;
    const sjis = Buffer.from([4, 13, 0, 13, 0, 13, 0]);
    const sql = Buffer.concat([Buffer.from('DROP TABLE '), Buffer.from([0x83, 0x5c])]);
    const body = Buffer.concat([head, sjis, Buffer.from([0]), sql]);
    expect(() => mysql().gtid(7).event(EVENT.query, body)).toThrow('character set');
  });
});
