/**
 * What this program relies on inside zongji and the driver below it, which neither promises to keep. A contract test
 * looks at each; the versions are pinned.
 */
import type { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import type { Connection } from 'mysql2';
import ZongJi from 'zongji';
import { TransfuseError } from '../src/core/errors.ts';

/** One packet; the object is used again for the next, and so is what `buffer` holds once the call is over. */
export interface DumpPacket {
  buffer: Buffer;
  /** Of the payload's first byte. */
  offset: number;
  end: number;
  asError(encoding: string): Error;
}

/** The driver's command for a dump: the first call sends the request, each further one brings a packet. */
export interface DumpCommand {
  /** What the next packet goes to; null before the request was sent. */
  next: unknown;
  /** True ends the command. */
  execute(packet: DumpPacket | undefined, connection: DriverConnection): boolean;
}

export type DumpCommandClass = new (callback: (error: unknown) => void) => DumpCommand;

export interface DriverConnection extends Connection {
  stream: Socket;
  clientEncoding: string;
}

export interface ZongjiInternals extends EventEmitter {
  connection: DriverConnection | null;
  ctrlConnection: DriverConnection | null;
  /** Read once, after the listeners of 'ready' have run. */
  BinlogClass: DumpCommandClass;
  useChecksum: boolean;
  isMariaDb: boolean;
  stopped: boolean;
  start(options: { serverId: number; filename: string; position: number; gtidSet?: string }): void;
  stop(): void;
}

/** `options` are those of mysql2. Two connections are opened when it is started. Throws SOURCE_DRIVER_CHANGED. */
export function createZongji(options: object): ZongjiInternals {
  const zongji = new ZongJi(options) as unknown as ZongjiInternals;
  if (typeof zongji.start !== 'function' || typeof zongji.stop !== 'function') throw driverChanged();
  return zongji;
}

/** The error for a part that is not as it was. */
export function driverChanged(): TransfuseError {
  return new TransfuseError(
    'SOURCE_DRIVER_CHANGED',
    'The binlog client in node_modules is not the version that this program was made for.',
  );
}
