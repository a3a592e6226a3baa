import zlib from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { isRowsEvent, parseRowsEvent } from '../../cdc/rows-event.ts';
import { readTableName } from '../../cdc/table-map.ts';
import { readTableId, TableMaps } from '../../cdc/table-maps.ts';
import { columnNames, optionalField, rowsBody, tableMapBody } from '../support/binlog-bytes.ts';

const MAX_BYTES = 1000;
const NAMES = columnNames('id', 'born', 'n', 'note');
const FULL = { types: [3, 13, 3, 15], metadata: [40, 0], optional: [optionalField(1, [0x20]), NAMES] };

describe('a table description', () => {
  test('gives each column its name, sign and null, and the key', () => {
    const optional = [
      ...FULL.optional,
      optionalField(8, [2, 0]),
      optionalField(2, [45]),
      optionalField(99, [1]),
    ];
    const map = new TableMaps('mysql').add(tableMapBody({ ...FULL, optional }));
    expect(map).toMatchObject({ tableId: 7, database: 'clinic', table: 'visit', primaryKey: [2, 0] });
    expect(map.columns.map(({ name, unsigned }) => [name, unsigned])).toEqual([
      ['id', false],
      ['born', false],
      ['n', true], // YEAR has a bit of its own before it
      ['note', false],
    ]);
    expect(map.columns[3]).toMatchObject({ type: 15, metadata: 40, collationId: 45, nullable: true });
  });

  test('is the same object while its bytes are the same', () => {
    const maps = new TableMaps('mysql');
    const first = maps.add(tableMapBody(FULL));
    expect(maps.add(tableMapBody(FULL))).toBe(first);
    expect(maps.add(tableMapBody({ ...FULL, metadata: [41, 0] }))).not.toBe(first);
    expect(readTableId(tableMapBody(FULL))).toBe(7);
    expect(readTableName(tableMapBody(FULL))).toEqual({ tableId: 7, database: 'clinic', table: 'visit' });
  });

  test('keeps nothing of the buffer it came in', () => {
    const body = tableMapBody({
      types: [247],
      metadata: [247, 1],
      optional: [columnNames('e'), optionalField(6, [1, 1, 97])],
    });
    const map = new TableMaps('mysql').add(body);
    body.fill(0);
    expect(map.columns[0]!.members?.map(String)).toEqual(['a']);
  });

  test('[invariant 6] is refused without names, naming the setting', () => {
    expect(() => new TableMaps('mysql').add(tableMapBody({ types: [3] }))).toThrow(
      expect.objectContaining({
        code: 'CDC_METADATA_NOT_FULL',
        fix: expect.stringContaining('SET GLOBAL binlog_row_metadata = FULL'),
      }),
    );
  });

  test('[invariant 6] is refused with a type that is not known, and where it is cut off anywhere', () => {
    const unknown = tableMapBody({ types: [99], optional: [columnNames('c')] });
    expect(() => new TableMaps('mysql').add(unknown)).toThrow(
      expect.objectContaining({ code: 'CDC_TYPE_UNKNOWN' }),
    );
    const whole = tableMapBody(FULL);
    for (let length = 0; length < whole.length; length++) {
      expect(() => new TableMaps('mysql').add(whole.subarray(0, length))).toThrow(
        expect.objectContaining({ code: expect.stringMatching(/^CDC_(EVENT_MALFORMED|METADATA_NOT_FULL)$/) }),
      );
    }
  });
});

describe('a rows event', () => {
  const maps = new TableMaps('mariadb');
  maps.add(tableMapBody(FULL));
  const parse = (type: number, body: Buffer) => parseRowsEvent({ type, body }, maps, MAX_BYTES);

  test('hands over its row images as they are', () => {
    const rows = Buffer.from('row images');
    expect(parse(30, rowsBody(4, [0x0f], rows))).toMatchObject({
      kind: 'insert',
      body: rows,
      endsStatement: true,
    });
    expect(parse(31, rowsBody(4, [0x0f, 0x0f], rows))).toMatchObject({ kind: 'update', body: rows });
    expect(parse(32, rowsBody(4, [0x0f], rows))).toMatchObject({ kind: 'delete', body: rows, isCopy: false });
  });

  test('[invariant 6] is refused where an image lacks a column, or only a part of a document is there', () => {
    const notFull = expect.objectContaining({ code: 'CDC_IMAGE_NOT_FULL' });
    expect(() => parse(30, rowsBody(4, [0x07], Buffer.alloc(0)))).toThrow(notFull);
    expect(() => parse(31, rowsBody(4, [0x0f, 0x0e], Buffer.alloc(0)))).toThrow(notFull);
    expect(() => parse(31, rowsBody(4, [0x01, 0x0f], Buffer.alloc(0)))).toThrow(notFull);
    expect(isRowsEvent(39)).toBe(true);
    expect(() => parse(39, rowsBody(4, [0x0f, 0x0f], Buffer.alloc(0)))).toThrow(notFull);
  });

  test('[invariant 6] is refused for a table that was not described, or has another number of columns', () => {
    const malformed = expect.objectContaining({ code: 'CDC_EVENT_MALFORMED' });
    expect(() =>
      parseRowsEvent({ type: 30, body: rowsBody(4, [0x0f], Buffer.alloc(0)) }, new TableMaps('mysql'), 1),
    ).toThrow(malformed);
    expect(() => parse(30, rowsBody(3, [0x07], Buffer.alloc(0)))).toThrow(malformed);
  });

  test('[invariant 7] of MariaDB expands to what it says and not beyond what is allowed', () => {
    const pack = (rows: Buffer, said = rows.length): Buffer =>
      Buffer.concat([Buffer.from([0x82, said >> 8, said & 255]), zlib.deflateSync(rows)]);
    const event = (rows: Buffer): Buffer => rowsBody(4, [0x0f], rows);
    const rows = Buffer.alloc(MAX_BYTES, 'x');
    expect(parse(169, event(pack(rows)))).toMatchObject({ kind: 'insert', body: rows, isCopy: true });
    expect(() => parse(169, event(pack(Buffer.alloc(MAX_BYTES + 1))))).toThrow(
      expect.objectContaining({ code: 'CDC_EVENT_TOO_LARGE' }),
    );
    const malformed = expect.objectContaining({ code: 'CDC_EVENT_MALFORMED' });
    expect(() => parse(169, event(pack(rows, 10)))).toThrow(malformed);
    expect(() => parse(169, event(pack(rows, MAX_BYTES - 1)))).toThrow(malformed);
    expect(() => parse(169, event(Buffer.from([0x92, 0, 1, 0])))).toThrow(malformed);
    expect(() => parse(169, event(Buffer.from([0x82, 0, 5, 1, 2])))).toThrow(malformed);
  });
});
