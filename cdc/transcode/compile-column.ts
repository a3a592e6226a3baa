/**
 * Chooses how one column is written, after proving that it is still the column that the plan was made for. What is written
 * is what the bulk road's SELECT delivers (selectExpression in src/mapping): FLOAT, and DOUBLE(m,d), through a product with
 * a DOUBLE, everything else as it is, in a session of utf8mb4 and UTC.
 */
import { TransfuseError } from '../../src/core/errors.ts';
import type { SourceColumn } from '../../src/mysql/catalog-model.ts';
import { FIELD_TYPE as T } from '../field-type.ts';
import type { BinlogColumn } from '../model.ts';
import { bytesText, paddedBytesText } from './bytes.ts';
import type { Charset, CharsetOfCollation } from './charset.ts';
import type { ColumnText } from './column-text.ts';
import { compressedText } from './compressed.ts';
import { decimalText } from './decimal.ts';
import { floatText } from './float.ts';
import { integerText } from './integers.ts';
import { jsonText } from './json.ts';
import { matchesPlan } from './matches-plan.ts';
import { enumText, setText } from './members.ts';
import { inet4Text, inet6Text, uuidText } from './network-address.ts';
import { oldDatetimeText, oldTimestampText, oldTimeText } from './old-temporal.ts';
import { dateText, datetimeText, timestampText, timeText, yearText } from './temporal.ts';
import { charText, textText } from './text.ts';

const INTEGER_BYTES: Readonly<Record<number, number>> = {
  [T.tiny]: 1,
  [T.short]: 2,
  [T.int24]: 3,
  [T.long]: 4,
  [T.longlong]: 8,
};
/** Where the declaration gives no width. */
const ZEROFILL_WIDTH: Readonly<Record<string, number>> = {
  tinyint: 3,
  smallint: 5,
  mediumint: 8,
  int: 10,
  bigint: 20,
  double: 22,
};
const NETWORK_ADDRESS: Readonly<Record<string, () => ColumnText>> = {
  inet4: inet4Text,
  inet6: inet6Text,
  uuid: uuidText,
};
/** Of a compressed column whose length the declaration does not bound more narrowly. */
const MAX_COMPRESSED_LENGTH_BYTES = 2;

/** Throws CDC_TABLE_CHANGED, or CDC_TYPE_UNKNOWN for what cannot be read exactly. */
export function compileColumn(
  column: BinlogColumn,
  planned: SourceColumn,
  charsetOf: CharsetOfCollation,
  table: string,
): ColumnText {
  const where = { table, column: planned.name };
  const charset = findCharset(column, charsetOf, where);
  const matches = matchesPlan(column, planned, charset);
  if (matches === null) throw unknown(`has type ${planned.dataType}, which is not known`, where);
  if (!matches) throw changed(where);
  const text = columnText(column, planned, charset, where);
  if (!text) throw unknown(`has type code ${column.type} in the binlog, which is not known`, where);
  return text;
}

type Where = { table: string; column: string };

function columnText(
  column: BinlogColumn,
  planned: SourceColumn,
  charset: Charset | null,
  where: Where,
): ColumnText | null {
  const { type, metadata } = column;
  const integerBytes = INTEGER_BYTES[type];
  if (integerBytes) return integerText(integerBytes, column.unsigned, zerofillWidth(planned));
  switch (type) {
    case T.float:
      return floatText(4, 0);
    case T.double:
      return floatText(8, planned.scale === null ? zerofillWidth(planned) : 0);
    case T.decimal:
      return decimalText(metadata & 0xff, metadata >> 8, isZerofill(planned));
    case T.year:
      return yearText(planned.columnType.startsWith('year(2)') ? 2 : 4);
    case T.date:
    case T.newDate:
      return dateText();
    case T.datetime:
      return datetimeText(metadata);
    case T.timestamp:
      return timestampText(metadata);
    case T.time:
      return timeText(metadata);
    case T.datetimeOld:
    case T.timestampOld:
    case T.timeOld:
      return oldTemporal(column, planned, where);
    case T.string:
      return (NETWORK_ADDRESS[planned.dataType] ?? (() => stringText(column, charset!)))();
    case T.varchar:
    case T.varString:
    case T.blob:
      return textText(charset!);
    case T.varcharCompressed:
      return compressedText(textText(charset!), metadata - 1);
    case T.blobCompressed:
      if (metadata > MAX_COMPRESSED_LENGTH_BYTES) {
        throw unknown('is compressed, and may be longer than 64 KiB, which is not supported', where);
      }
      return compressedText(textText(charset!), 256 ** metadata - 1);
    case T.bit:
    case T.geometry:
    case T.vector:
      return bytesText();
    case T.json:
      return jsonText();
    case T.enum:
      return enumText(membersInUtf8(column, planned, charset!, where));
    case T.set:
      return setText(membersInUtf8(column, planned, charset!, where));
    default:
      return null;
  }
}

function stringText({ metadata }: BinlogColumn, charset: Charset): ColumnText {
  return charset.name === 'binary' ? paddedBytesText(metadata) : charText(charset);
}

function oldTemporal({ type }: BinlogColumn, planned: SourceColumn, where: Where): ColumnText {
  if (planned.fractionalDigits > 0) {
    throw unknown(
      'is stored in the old format with fractions of seconds; ALTER TABLE … FORCE brings it into the present one',
      where,
    );
  }
  if (type === T.datetimeOld) return oldDatetimeText();
  return type === T.timestampOld ? oldTimestampText() : oldTimeText();
}

function membersInUtf8(
  { members }: BinlogColumn,
  planned: SourceColumn,
  { toUtf8, growth }: Charset,
  where: Where,
): Buffer[] {
  const texts = (members ?? []).map((member) => {
    if (!toUtf8) return Buffer.from(member);
    const text = Buffer.alloc(Math.ceil(member.length * growth));
    return text.subarray(0, toUtf8(member, 0, member.length, text, 0));
  });
  const expected = planned.members ?? [];
  const isSame =
    texts.length === expected.length && texts.every((text, i) => text.toString('utf8') === expected[i]);
  if (!isSame) throw changed(where);
  return texts;
}

function findCharset(column: BinlogColumn, charsetOf: CharsetOfCollation, where: Where): Charset | null {
  if (column.collationId === null) return null;
  const charset = charsetOf(column.collationId);
  if (!charset) throw unknown(`has collation ${column.collationId}, whose character set is not known`, where);
  return charset;
}

function zerofillWidth(planned: SourceColumn): number {
  if (!isZerofill(planned)) return 0;
  return Number(/\((\d+)\)/.exec(planned.columnType)?.[1] ?? ZEROFILL_WIDTH[planned.dataType] ?? 0);
}

function isZerofill({ columnType }: SourceColumn): boolean {
  return /\bzerofill\b/i.test(columnType);
}

function changed(where: Where): TransfuseError {
  return new TransfuseError(
    'CDC_TABLE_CHANGED',
    `Column ${where.column} of table ${where.table} is not in the binlog as it was when the plan was made.`,
    { where },
  );
}

function unknown(what: string, where: Where): TransfuseError {
  return new TransfuseError('CDC_TYPE_UNKNOWN', `Column ${where.column} of table ${where.table} ${what}.`, {
    where,
  });
}
