import { describe, expect, test } from 'vitest';
import type { BinlogColumn } from '../../cdc/model.ts';
import type { Charset } from '../../cdc/transcode/charset.ts';
import { compileRowReader } from '../../cdc/transcode/row-reader.ts';
import { sourceColumn } from '../support/source-column.ts';
import { rowPayload } from '../support/text-protocol.ts';
import type { SourceColumn } from '../../src/mysql/catalog-model.ts';

const UTF8: Charset = { name: 'utf8mb4', maxBytes: 4, toUtf8: null, growth: 1 };
const BINARY: Charset = { name: 'binary', maxBytes: 1, toUtf8: null, growth: 1 };
const charsetOf = (id: number) => (id === 45 ? UTF8 : id === 63 ? BINARY : undefined);

const ID = sourceColumn('int', { name: 'id' });
const NOTE = sourceColumn('varchar', { name: 'Note', length: 10, charset: 'utf8mb4' });
const KIND = sourceColumn('enum', { name: 'kind', members: ['a', 'b'], charset: 'utf8mb4' });

const COLUMNS = [
  column({ name: 'id', type: 3 }),
  column({ name: 'note', type: 15, metadata: 40, collationId: 45 }),
  column({
    name: 'kind',
    type: 247,
    metadata: 1,
    collationId: 45,
    members: ['a', 'b'].map((member) => Buffer.from(member)),
  }),
];
/** Nothing is NULL: 5, 'hi', 'b'. */
const IMAGE = Buffer.from([0, 5, 0, 0, 0, 2, 104, 105, 2]);

describe('a compiled row reader', () => {
  test('writes the wanted columns in the wanted order, whatever the case of their names', () => {
    expect(read([KIND, NOTE, ID], IMAGE)).toEqual({
      row: rowPayload([Buffer.from('b'), Buffer.from('hi'), Buffer.from('5')]),
      nextAt: 9,
    });
    expect(read([NOTE], Buffer.from([2, 5, 0, 0, 0, 1]))).toEqual({ row: rowPayload([null]), nextAt: 6 });
  });

  test('[invariant 6] refuses an image that is cut off anywhere', () => {
    for (let length = 0; length < IMAGE.length; length++) {
      expect(() => read([ID], IMAGE.subarray(0, length))).toThrow(
        expect.objectContaining({ code: 'CDC_EVENT_MALFORMED' }),
      );
    }
  });

  test.each<[string, SourceColumn]>([
    ['missing', sourceColumn('int', { name: 'gone' })],
    ['of another type', { ...ID, dataType: 'bigint' }],
    ['of another sign', { ...ID, unsigned: true }],
    ['of another length', { ...NOTE, length: 11 }],
    ['in another character set', { ...NOTE, charset: 'latin1', length: 40 }],
    ['of other members', { ...KIND, members: ['a', 'c'] }],
    ['of more members', { ...KIND, members: ['a', 'b', 'c'] }],
  ])('[invariant 6] is not made for a column that is %s', (_, wanted) => {
    expect(() => read([wanted], IMAGE)).toThrow(
      expect.objectContaining({
        code: 'CDC_TABLE_CHANGED',
        where: { table: 'clinic.visit', column: wanted.name },
      }),
    );
  });

  test('[invariant 6] is not made for an unknown character set, an unknown type, or an old time outside of the plan', () => {
    const unknown = expect.objectContaining({ code: 'CDC_TYPE_UNKNOWN' });
    const strange = [{ ...COLUMNS[1]!, collationId: 999 }];
    expect(() => compileRowReader(mapOf(strange), [NOTE], charsetOf)).toThrow(unknown);
    expect(() => read([{ ...ID, dataType: 'xmltype' }], IMAGE)).toThrow(unknown);
    const withOldTime = [...COLUMNS, column({ name: 'old', type: 12 })];
    expect(() => compileRowReader(mapOf(withOldTime), [ID], charsetOf)).toThrow(unknown);
    const oldTime = sourceColumn('datetime', { name: 'old', fractionalDigits: 3 });
    expect(() => compileRowReader(mapOf(withOldTime), [oldTime], charsetOf)).toThrow(unknown);
  });

  test('[invariant 6] refuses a member that there is not', () => {
    const image = Buffer.from([0, 5, 0, 0, 0, 2, 104, 105, 3]);
    expect(() => read([KIND], image)).toThrow(expect.objectContaining({ code: 'CDC_EVENT_MALFORMED' }));
  });
});

function read(wanted: SourceColumn[], image: Buffer): { row: Buffer; nextAt: number } {
  const reader = compileRowReader(mapOf(COLUMNS), wanted, charsetOf);
  const dst = Buffer.alloc(reader.maxTextBytes(image.length));
  const end = reader.read(image, 0, dst, 0);
  return { row: dst.subarray(0, end), nextAt: reader.nextAt };
}

function mapOf(columns: BinlogColumn[]) {
  return { tableId: 7, database: 'clinic', table: 'visit', columns, primaryKey: null };
}

function column(facts: Partial<BinlogColumn>): BinlogColumn {
  return {
    name: 'c',
    type: 3,
    metadata: 0,
    unsigned: false,
    nullable: true,
    collationId: null,
    members: null,
    geometryType: null,
    dimensions: null,
    visible: true,
    ...facts,
  };
}
