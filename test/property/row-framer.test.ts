import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RowFramer } from '../../src/mysql/row-framer.ts';
import { packets, rowPayload } from '../support/text-protocol.ts';

const HEAD = [Buffer.from([1]), Buffer.from('definition'), Buffer.from([0xfe, 0, 0, 2, 0])];
const END = Buffer.from([0xfe, 0, 0, 2, 0]);

/** Feeds a whole result set, cut at the given places, and returns the rows and the packets that the driver saw. */
function frame(payloads: Buffer[], cuts: number[]) {
  const stream = Buffer.concat([...HEAD, ...payloads, END].map((payload, index) => packets(payload, index)));
  const seenByDriver: Buffer[] = [];
  const rows: Buffer[] = [];
  let pieces: Buffer[] = [];
  const connection = {
    sequenceId: 0,
    stream: null as never,
    packetParser: {
      execute(packet: Buffer) {
        seenByDriver.push(Buffer.from(packet.subarray(4)));
        if (seenByDriver.length === 2) framer.expectRows(sink);
      },
    },
  };
  const sink = {
    rows(data: Buffer, count: number) {
      let at = 0;
      for (let n = 0; n < count; n++) {
        const length = data.readUIntLE(at, 3);
        rows.push(Buffer.from(data.subarray(at + 4, at + 4 + length)));
        at += 4 + length;
      }
      expect(at).toBe(data.length);
    },
    piece(data: Buffer, last: boolean) {
      pieces.push(Buffer.from(data));
      if (!last) return;
      rows.push(Buffer.concat(pieces));
      pieces = [];
    },
  };
  const framer = new RowFramer(connection);
  let from = 0;
  for (const cut of [...new Set(cuts.map((cut) => cut % (stream.length + 1)))].toSorted((a, b) => a - b)) {
    framer.execute(stream.subarray(from, cut));
    from = cut;
  }
  framer.execute(stream.subarray(from));
  return { rows, seenByDriver, connection };
}

const value = fc
  .option(fc.uint8Array({ maxLength: 400 }), { nil: null })
  .map((bytes) => bytes && Buffer.from(bytes));
const row = fc.array(value, { minLength: 1, maxLength: 6 }).map((values) => rowPayload(values));

describe('the row framer', () => {
  it('gives every row whole and in order, wherever the stream is cut', () => {
    fc.assert(
      fc.property(
        fc.array(row, { maxLength: 20 }),
        fc.array(fc.nat(20_000), { maxLength: 40 }),
        (payloads, cuts) => {
          const { rows, seenByDriver } = frame(payloads, cuts);
          expect(rows).toEqual(payloads);
          expect(seenByDriver).toEqual([...HEAD, END]);
        },
      ),
    );
  });

  it('survives a stream that arrives byte by byte', () => {
    const payloads = [
      rowPayload([Buffer.from('a'), null]),
      rowPayload([Buffer.alloc(300, 7), Buffer.from('')]),
    ];
    const all = Array.from({ length: 500 }, (_, index) => index);
    expect(frame(payloads, all).rows).toEqual(payloads);
  });

  it.each([
    1 << 20,
    (1 << 20) + 5,
    0xffffff - 6,
    0xffffff - 5,
    0xffffff - 4,
    0xffffff,
    0x1000000,
    2 * 0xffffff - 5,
  ])('passes on a value of %i bytes in pieces that make the same row', (length) => {
    const payloads = [
      rowPayload([Buffer.from('x')]),
      rowPayload([Buffer.alloc(length, 65)]),
      rowPayload([null]),
    ];
    const cuts = [5, 100, 65_536, 1 << 20, 0xffffff + 30, 0xffffff + 31, 0xffffff + 32, 0xffffff + 60];
    const { rows, seenByDriver } = frame(payloads, cuts);
    expect(rows.map((payload) => payload.length)).toEqual(payloads.map((payload) => payload.length));
    expect(rows.every((payload, index) => payload.equals(payloads[index]!))).toBe(true);
    expect(seenByDriver).toHaveLength(4);
  });

  it('hands the packet that ends the rows to the driver with the sequence number it expects', () => {
    const { connection } = frame([rowPayload([Buffer.from('a')]), rowPayload([Buffer.from('b')])], []);
    expect(connection.sequenceId).toBe(HEAD.length + 2);
  });
});
