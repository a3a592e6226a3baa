/**
 * The shape `rows`: one source row becomes the tuples of its set, one behind the other. Each is encoded as a row of its own, made of the
 * source row and the values that the expansion gives it, by the same code as any other row.
 */
import { refuse, ValueRefused } from '../core/reject-reasons.ts';
import { encodeValues, MAX_LENGTH_BYTES, payloadBytes, splitRow, utf8 } from './careful-encoder.ts';
import type { CompiledMapping, RowSetEncoder } from './compiled-mapping.ts';
import type { RowsMapping } from './mapping.ts';

const FIRST_BYTES = 64 * 1024;
/** What a set may come to: PostgreSQL takes no larger message, and nobody means to have one. */
const MAX_SET_BYTES = 256 * 1024 * 1024;
const NULL_MARK = 251;

/** `one` is compiled for a source row with the fields of the expansion behind its `sourceCount` columns. */
export function rowSetEncoder(
  { expansion, where }: RowsMapping,
  one: CompiledMapping,
  sourceCount: number,
): RowSetEncoder {
  const indexOf = (name: string): number => one.sourceColumns.findIndex((column) => column.name === name);
  const inputs = expansion.inputs.map(indexOf);
  const filterInputs = where?.inputs.map(indexOf) ?? [];
  let payload = Buffer.allocUnsafeSlow(FIRST_BYTES);
  let set = Buffer.allocUnsafeSlow(FIRST_BYTES);

  const expand = (values: readonly (Buffer | null)[]): readonly (readonly (string | null)[])[] | null => {
    if (where && !where.accepts(...filterInputs.map((index) => utf8(values[index]!)))) return null;
    return expansion.rows(...inputs.map((index) => utf8(values[index]!)));
  };
  const room = (length: number, bytes: number): void => {
    if (set.length - length >= bytes) return;
    if (length + bytes > MAX_SET_BYTES) refuse('too_long');
    const larger = Buffer.allocUnsafeSlow(Math.max(2 * set.length, length + bytes));
    set.copy(larger, 0, 0, length);
    set = larger;
  };

  return {
    encode(src, start, end) {
      const rows = expand(splitRow(src, start, sourceCount));
      if (rows === null || rows.length === 0) return null;
      const ownBytes = end - start;
      let length = 0;
      for (const [index, fields] of rows.entries()) {
        const bytes = ownBytes + fieldBytes(fields);
        if (payload.length < bytes) {
          payload = Buffer.allocUnsafeSlow(2 * bytes);
          src.copy(payload, 0, start, end);
        } else if (index === 0) src.copy(payload, 0, start, end);
        const payloadEnd = putFields(fields, payload, ownBytes);
        room(length, one.maxRowBytes(payloadEnd));
        length = one.encode(payload, 0, payloadEnd, set, length);
      }
      return { buffer: set, length, rows: rows.length };
    },

    encodeCarefully(values) {
      try {
        const rows = expand(values);
        if (rows === null || rows.length === 0) return 'filtered';
        let length = 0;
        for (const fields of rows) {
          const all = [...values, ...fields.map((text) => (text === null ? null : Buffer.from(text)))];
          room(length, one.maxRowBytes(payloadBytes(all)));
          const encoded = encodeValues(one, all, set, length);
          if ('reason' in encoded) return encoded;
          length = encoded.end;
        }
        return { buffer: set, length, rows: rows.length };
      } catch (error) {
        if (error instanceof ValueRefused) return { column: '(rows)', reason: error.reason };
        throw error;
      }
    },
  };
}

function fieldBytes(fields: readonly (string | null)[]): number {
  return fields.reduce(
    (sum, text) => sum + MAX_LENGTH_BYTES + (text === null ? 0 : Buffer.byteLength(text)),
    0,
  );
}

/** As the text protocol has them: https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basic_dt_integers.html */
function putFields(fields: readonly (string | null)[], dst: Buffer, at: number): number {
  for (const text of fields) {
    if (text === null) {
      dst[at++] = NULL_MARK;
      continue;
    }
    const bytes = Buffer.byteLength(text);
    if (bytes < NULL_MARK) dst[at++] = bytes;
    else if (bytes < 0x10000) {
      dst[at++] = 252;
      at = dst.writeUInt16LE(bytes, at);
    } else {
      dst[at++] = 254;
      at = dst.writeBigUInt64LE(BigInt(bytes), at);
    }
    at += dst.write(text, at, 'utf8');
  }
  return at;
}
