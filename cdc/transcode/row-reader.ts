/**
 * Turns row images of the binlog into rows of the text protocol: exactly the bytes that the bulk road's SELECT of the same
 * columns delivers for the same values (invariant 11), so that one encoder serves both roads. Bytes become bytes; numbers,
 * dates and UTF-8 text never become JavaScript strings.
 */
import { TransfuseError } from '../../src/core/errors.ts';
import type { SourceColumn } from '../../src/mysql/catalog-model.ts';
import { malformedEvent } from '../event-bytes.ts';
import { FIELD_TYPE as T } from '../field-type.ts';
import type { BinlogColumn, TableMap } from '../model.ts';
import type { CharsetOfCollation } from './charset.ts';
import { compileColumn } from './compile-column.ts';
import { valueLayout } from './image-layout.ts';

const NULL_MARKER = 0xfb;
const ABSENT = -1;

export interface RowReader {
  /**
   * Writes one row, without a packet's header, at `dst[dstAt]`: the wanted columns in their order. Returns where it ends.
   * `dst` must have room for `maxTextBytes` of what is left of `body` from `at`. Keeps nothing of `body`.
   * Throws CDC_EVENT_MALFORMED; what was written until then is void.
   */
  read(body: Buffer, at: number, dst: Buffer, dstAt: number): number;
  /** Where the image behind the one read last begins; the length of the body after the last image. */
  readonly nextAt: number;
  /** Room enough for the text of any image of at most so many bytes. */
  maxTextBytes(imageBytes: number): number;
}

/**
 * `wanted` are the columns in the order of the SELECT, as the plan knows them. Names are compared as the server does,
 * without regard to case. Throws CDC_TABLE_CHANGED where one is missing or another type, CDC_TYPE_UNKNOWN.
 */
export function compileRowReader(
  map: TableMap,
  wanted: SourceColumn[],
  charsetOf: CharsetOfCollation,
): RowReader {
  const table = `${map.database}.${map.table}`;
  const layouts = Int8Array.from(map.columns, (column) => valueLayout(column, table));
  const places = wanted.map((column) => placeOf(map.columns, column, table));
  const texts = wanted.map((column, i) => compileColumn(map.columns[places[i]!]!, column, charsetOf, table));
  requireReadable(map, new Set(places), table);
  const writers = texts.map(({ write }) => write);
  const sourcePlaces = Int32Array.from(places);
  const count = map.columns.length;
  const nullBytes = (count + 7) >> 3;
  const starts = new Int32Array(count);
  const ends = new Int32Array(count);
  const fixedBytes = texts.reduce((sum, text) => sum + text.fixedBytes, 0);
  const perByte = Math.max(1, ...texts.map((text) => text.perByte));
  let nextAt = 0;

  /** Where each value lies. */
  function locate(body: Buffer, at: number): void {
    let p = at + nullBytes;
    for (let column = 0; column < count; column++) {
      if ((body[at + (column >> 3)]! & (1 << (column & 7))) !== 0) {
        starts[column] = ABSENT;
        continue;
      }
      const layout = layouts[column]!;
      let length = layout;
      if (layout < 0) {
        length = body[p]!;
        if (layout < -1) length |= body[p + 1]! << 8;
        if (layout < -2) length |= body[p + 2]! << 16;
        if (layout < -3) length += body[p + 3]! * 0x1000000;
        p -= layout;
      }
      starts[column] = p;
      p += length;
      ends[column] = p;
    }
    if (!(p <= body.length)) throw malformedEvent('A row image', { table });
    nextAt = p;
  }

  return {
    read(body, at, dst, dstAt) {
      locate(body, at);
      let o = dstAt;
      for (let i = 0; i < writers.length; i++) {
        const place = sourcePlaces[i]!;
        const from = starts[place]!;
        if (from === ABSENT) dst[o++] = NULL_MARKER;
        else o = writers[i]!(body, from, ends[place]!, dst, o);
      }
      if (o > dst.length) throw malformedEvent('A row image', { table });
      return o;
    },
    get nextAt() {
      return nextAt;
    },
    maxTextBytes(imageBytes) {
      return fixedBytes + Math.ceil(imageBytes * perByte);
    },
  };
}

function placeOf(columns: BinlogColumn[], wanted: SourceColumn, table: string): number {
  const exact = columns.findIndex(({ name }) => name === wanted.name);
  if (exact >= 0) return exact;
  const folded = wanted.name.toLowerCase();
  const place = columns.findIndex(({ name }) => name.toLowerCase() === folded);
  if (place >= 0) return place;
  throw new TransfuseError(
    'CDC_TABLE_CHANGED',
    `Table ${table} has no column ${wanted.name} in the binlog any more.`,
    { where: { table, column: wanted.name } },
  );
}

/** How long a value in the old formats of time is, only the plan knows: a column outside of it cannot even be passed over. */
function requireReadable({ columns }: TableMap, places: Set<number>, table: string): void {
  for (const [place, { type, name }] of columns.entries()) {
    const isOld = type === T.datetimeOld || type === T.timestampOld || type === T.timeOld;
    if (!isOld || places.has(place)) continue;
    throw new TransfuseError(
      'CDC_TYPE_UNKNOWN',
      `Column ${name} of table ${table} is stored in the old format of times and is not in the plan; ` +
        'ALTER TABLE … FORCE brings it into the present one.',
      { where: { table, column: name } },
    );
  }
}
