import { compress, init } from '@bokuweb/zstd-wasm';
import { describe, expect, test } from 'vitest';
import { EventFramer } from '../../cdc/event-framer.ts';
import { ARTIFICIAL_FLAG, EVENT } from '../../cdc/event-type.ts';
import type { PlacedEvent } from '../../cdc/placed-event.ts';
import { eventBytes, payload, rotation } from '../support/raw-events.ts';

const GIB_4 = 2 ** 32;

await init();

function framer(maxExpandedBytes = 100_000): { framer: EventFramer; seen: PlacedEvent[] } {
  const seen: PlacedEvent[] = [];
  const sink = (event: PlacedEvent): void => void seen.push({ ...event, body: Buffer.from(event.body) });
  return { framer: new EventFramer({ hasChecksums: true, maxExpandedBytes, sink }), seen };
}

function formatDescription(algorithm: number): Buffer {
  const body = Buffer.concat([Buffer.alloc(60), Buffer.from([algorithm])]);
  return eventBytes(EVENT.formatDescription, { body });
}

describe('checksums', () => {
  test('[invariant 6] any changed byte of any event is noticed', () => {
    const event = eventBytes(EVENT.xid, { body: Buffer.from('12345678'), nextOffset: 99 });
    for (let at = 0; at < event.length; at++) {
      const damaged = Buffer.from(event);
      damaged[at] = (damaged[at] ?? 0) ^ 0x10;
      const { framer: under, seen } = framer();
      expect(() => under.push(damaged)).toThrow();
      expect(seen).toEqual([]);
    }
    const { framer: under, seen } = framer();
    under.push(event);
    expect(seen[0]).toMatchObject({ type: EVENT.xid, body: Buffer.from('12345678') });
  });

  test('the format description says whether there are any', () => {
    const { framer: under, seen } = framer();
    under.push(formatDescription(0));
    under.push(eventBytes(EVENT.xid, { body: Buffer.from('12345678'), checksum: false }));
    under.push(formatDescription(1));
    under.push(eventBytes(EVENT.xid, { body: Buffer.from('12345678') }));
    expect(seen.filter(({ type }) => type === EVENT.xid).map(({ body }) => body.length)).toEqual([8, 8]);
    expect(() => under.push(formatDescription(7))).toThrow('unknown kind');
  });
});

describe('places', () => {
  test('rotations move, made up or not; what is made up otherwise does not', () => {
    const { framer: under, seen } = framer();
    under.push(eventBytes(EVENT.rotate, { body: rotation('b.000001', 4n), flags: ARTIFICIAL_FLAG }));
    under.push(eventBytes(EVENT.xid, { body: Buffer.alloc(8), nextOffset: 500 }));
    under.push(
      eventBytes(EVENT.mariadbGtidList, { body: Buffer.alloc(4), nextOffset: 100, flags: ARTIFICIAL_FLAG }),
    );
    under.push(eventBytes(EVENT.heartbeat, { body: Buffer.from('b.000001'), nextOffset: 700 }));
    under.push(eventBytes(EVENT.rotate, { body: rotation('b.000002', 4n), nextOffset: 740 }));
    expect(seen.map(({ file, endOffset }) => `${file}:${endOffset}`)).toEqual([
      'b.000001:4',
      'b.000001:500',
      'b.000001:500',
      'b.000001:700',
      'b.000002:4',
    ]);
  });

  test('beyond 4 GiB, which events cannot say, are counted', () => {
    const { framer: under, seen } = framer();
    const start = BigInt(GIB_4 - 100);
    under.push(eventBytes(EVENT.rotate, { body: rotation('b.000001', start), flags: ARTIFICIAL_FLAG }));
    under.push(eventBytes(EVENT.tableMap, { body: Buffer.alloc(37), nextOffset: GIB_4 - 40 }));
    under.push(eventBytes(EVENT.xid, { body: Buffer.alloc(37), nextOffset: 20 }));
    under.push(eventBytes(EVENT.xid, { body: Buffer.alloc(37) })); // as MariaDB does within a transaction
    under.push(eventBytes(EVENT.xid, { body: Buffer.alloc(37), nextOffset: 140 }));
    expect(seen.map(({ endOffset }) => endOffset - GIB_4)).toEqual([-100, -40, 20, 80, 140]);
  });
});

describe('a compressed transaction', () => {
  const inner = [EVENT.query, EVENT.tableMap, EVENT.xid].map((type) =>
    eventBytes(type, { body: Buffer.alloc(500, type), checksum: false }),
  );
  const events = Buffer.concat(inner);
  const packed = Buffer.from(compress(events));
  const push = (body: Buffer, maxExpandedBytes?: number): PlacedEvent[] => {
    const { framer: under, seen } = framer(maxExpandedBytes);
    under.push(eventBytes(EVENT.rotate, { body: rotation('b.000001', 4n), flags: ARTIFICIAL_FLAG }));
    under.push(eventBytes(EVENT.transactionPayload, { body, nextOffset: 300 }));
    return seen.slice(1);
  };

  test.each([
    ['with zstd', payload(packed, 0, events.length)],
    ['not at all', payload(events, 255, events.length)],
  ])('%s is its events, of which the last is at its end', (_, body) => {
    const seen = push(body);
    expect(seen.map(({ type, endOffset }) => [type, endOffset])).toEqual([
      [EVENT.query, 4],
      [EVENT.tableMap, 4],
      [EVENT.xid, 300],
    ]);
    expect(seen[1]?.body).toEqual(Buffer.alloc(500, EVENT.tableMap));
  });

  test('[invariant 7] with an event beyond its budget is refused before it is expanded', () => {
    const eventLength = inner[0]!.length;
    expect(() => push(payload(packed, 0, events.length), eventLength - 1)).toThrow('are allowed');
    expect(push(payload(packed, 0, events.length), eventLength)).toHaveLength(3);
  });

  test('[invariant 7] is expanded no further than its consumer wants, and what follows waits behind it', () => {
    const seen: PlacedEvent[] = [];
    let wanted = 2;
    const under = new EventFramer({
      hasChecksums: true,
      maxExpandedBytes: 1_000_000,
      isPaused: () => seen.length >= wanted,
      sink: (event) => seen.push({ ...event, body: Buffer.from(event.body) }),
    });
    const large = eventBytes(EVENT.rowsQuery, { body: Buffer.alloc(700_000, 7), checksum: false });
    const all = Buffer.concat([large, ...inner]);
    under.push(eventBytes(EVENT.rotate, { body: rotation('b.000001', 4n), flags: ARTIFICIAL_FLAG }));
    const body = payload(Buffer.from(compress(all)), 0, all.length);
    under.push(eventBytes(EVENT.transactionPayload, { body, nextOffset: 300 }));
    const next = eventBytes(EVENT.xid, { body: Buffer.alloc(8), nextOffset: 340 });
    under.push(next);
    next.fill(0);
    expect(seen.map(({ type }) => type)).toEqual([EVENT.rotate, EVENT.rowsQuery]);
    expect(seen[1]!.body.equals(Buffer.alloc(700_000, 7))).toBe(true);
    wanted = 4;
    under.goOn();
    expect(seen).toHaveLength(4);
    wanted = 100;
    under.goOn();
    expect(seen.slice(4).map(({ type, endOffset }) => [type, endOffset])).toEqual([
      [EVENT.xid, 300],
      [EVENT.xid, 340],
    ]);
  });

  test('whose frame does not say its size is expanded all the same', () => {
    // One raw block: no content size, a window of 1 KiB, the last block, its length.
    const block = events.length;
    const head = [0x28, 0xb5, 0x2f, 0xfd, 0, 0x08, ((block << 3) | 1) & 255, (block << 3) >> 8, block >> 13];
    const frame = Buffer.concat([Buffer.from(head), events]);
    expect(push(payload(frame, 0, events.length))).toHaveLength(3);
  });

  test('[invariant 6] that is damaged in whatever way is refused', () => {
    const truncated = packed.subarray(0, packed.length - 5);
    const halfEvent = events.subarray(0, events.length - 5);
    for (const body of [
      payload(packed, 0, events.length + 1),
      payload(packed, 0, events.length - 1),
      payload(truncated, 0, events.length),
      payload(Buffer.from('not zstd'), 0, 500),
      payload(halfEvent, 255, halfEvent.length),
      payload(packed, 3, events.length),
      payload(packed, 0, events.length).subarray(0, 40),
      Buffer.alloc(0),
    ]) {
      expect(() => push(body)).toThrow('not well-formed');
    }
  });
});
