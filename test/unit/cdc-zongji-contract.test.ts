import fs from 'node:fs';
import { createRequire } from 'node:module';
import net from 'node:net';
import path from 'node:path';
import { expect, test } from 'vitest';
import { interceptDump } from '../../cdc/raw-dump.ts';
import { createZongji, type DumpCommandClass, type DumpPacket } from '../../cdc/zongji-internals.ts';

const require = createRequire(import.meta.url);

/** A command as zongji makes it, without a server. */
function commandWith(onEvent: (bytes: Buffer) => void, ends: unknown[]) {
  let requests = 0;
  const Base = class {
    next: unknown = null;
    execute(): boolean {
      requests += 1;
      this.next = () => undefined;
      return false;
    }
  } as unknown as DumpCommandClass;
  const zongji = { BinlogClass: Base } as Parameters<typeof interceptDump>[0];
  interceptDump(zongji, { onEvent, onEnd: (error) => ends.push(error) });
  const command = new zongji.BinlogClass(() => undefined);
  command.execute(undefined, { clientEncoding: 'utf8' } as never);
  expect(requests).toBe(1);
  const send = (...payload: number[]): boolean => {
    const packet: DumpPacket = {
      buffer: Buffer.from([9, 9, 9, 9, ...payload, 7]),
      offset: 4,
      end: 4 + payload.length,
      asError: () => new Error('from the server'),
    };
    return command.execute(packet, { clientEncoding: 'utf8' } as never);
  };
  return { send };
}

test('one version of the driver serves the program and zongji', () => {
  const zongji = require.resolve('zongji');
  expect(createRequire(zongji).resolve('mysql2')).toBe(require.resolve('mysql2'));
  const { version } = JSON.parse(fs.readFileSync(path.join(path.dirname(zongji), 'package.json'), 'utf8'));
  expect(version).toBe('0.9.0');
});

test('an event goes to us without the byte in front, and nothing else of zongji runs', () => {
  const events: number[][] = [];
  const ends: unknown[] = [];
  const { send } = commandWith((bytes) => events.push([...bytes]), ends);
  expect(send(0, 1, 2, 3)).toBe(false);
  expect(events).toEqual([[1, 2, 3]]);
  expect(ends).toEqual([]);
});

test('the end of the dump, an error, a fault of ours, and an unknown packet each end it, once', () => {
  const cases: [number, (ends: unknown[]) => void][] = [
    [0xfe, (ends) => expect(ends).toEqual([null])],
    [0xff, (ends) => expect(ends).toEqual([new Error('from the server')])],
    [0x00, (ends) => expect(ends).toEqual([new Error('ours')])],
    [0x77, (ends) => expect(ends).toMatchObject([{ code: 'SOURCE_DRIVER_CHANGED' }])],
  ];
  for (const [first, check] of cases) {
    const ends: unknown[] = [];
    const { send } = commandWith(() => {
      throw new Error('ours');
    }, ends);
    expect(send(first)).toBe(true);
    expect(send(0, 1)).toBe(true);
    check(ends);
  }
});

test('zongji has the parts that are relied on, and reports what fails before the dump', async () => {
  const listener = net.createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
  await new Promise((resolve) => listener.once('listening', resolve));
  const { port } = listener.address() as net.AddressInfo;
  const zongji = createZongji({ host: '127.0.0.1', port, user: 'u', password: 'p' });
  const failed = new Promise((resolve) => zongji.once('error', resolve));
  zongji.on('error', () => undefined);
  zongji.start({ serverId: 7, filename: 'b.000001', position: 4 });
  for (const connection of [zongji.connection, zongji.ctrlConnection]) {
    expect(connection?.stream).toBeInstanceOf(net.Socket);
    for (const method of ['pause', 'resume', 'ping', 'query', 'destroy'] as const) {
      expect(connection?.[method]).toBeTypeOf('function');
    }
  }
  expect([zongji.useChecksum, zongji.isMariaDb, zongji.stopped]).toEqual([false, false, false]);
  expect(await failed).toBeInstanceOf(Error);
  const stopped = new Promise((resolve) => zongji.once('stopped', resolve));
  zongji.stop();
  await stopped;
  listener.close();
});
