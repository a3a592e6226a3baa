/**
 * One connection that follows the binlog, from a position until it ends. Single use. Promises: each event once, in order,
 * checksums verified; a server that falls silent is noticed; after the end no socket is left and no event comes. Does not
 * reconnect. Holds at most what the socket has read and one packet, of which a compressed transaction is expanded as it is consumed.
 */
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { TransfuseError } from '../src/core/errors.ts';
import type { BinlogPosition } from '../src/core/position.ts';
import { driverOptions, type DatabaseSettings } from '../src/mysql/connection.ts';
import { sourceTlsOptions } from '../src/mysql/tls-options.ts';
import { classifyDumpError } from './dump-errors.ts';
import { EventFramer } from './event-framer.ts';
import type { EventSink } from './placed-event.ts';
import { interceptDump } from './raw-dump.ts';
import type { ReplicaIdentity } from './replica-identity.ts';
import { HEARTBEAT_SECONDS, startWatchdog } from './watchdog.ts';
import { createZongji, type DriverConnection, type ZongjiInternals } from './zongji-internals.ts';

/** How long a pause for a slow consumer may last before the source gives the connection up. */
const NETWORK_TIMEOUT_SECONDS = 3600;
const IDLE_TIMEOUT_SECONDS = 28_800;
const KEEP_ALIVE_MS = 30_000;
const CLOSE_TIMEOUT_MS = 2_000;
/** The request for a dump by file has room for no more. */
const MAX_DUMP_OFFSET = 2n ** 32n - 1n;

export interface BinlogConnectionOptions {
  settings: DatabaseSettings;
  identity: ReplicaIdentity;
  from: BinlogPosition;
  /** Of one event that was compressed. */
  maxExpandedBytes: number;
  /** How long the source may say nothing at all. */
  silenceMs: number;
  /** What it throws ends the connection. */
  sink: EventSink;
}

export class BinlogConnection {
  readonly #options: BinlogConnectionOptions;
  readonly #ended: Promise<TransfuseError>;
  #resolveEnded: (reason: TransfuseError) => void = () => undefined;
  #zongji: ZongjiInternals | null = null;
  #framer: EventFramer | null = null;
  #isOver = false;
  #isPaused = false;

  constructor(options: BinlogConnectionOptions) {
    this.#options = options;
    this.#ended = new Promise((resolve) => (this.#resolveEnded = resolve));
  }

  /**
   * Connects and follows. Resolves, when nothing of the connection is left, with why it ended: INTERRUPTED after `stop`.
   * Rejects before connecting with SOURCE_TLS, and with CDC_POSITION_INVALID for an offset that cannot be asked for.
   */
  async run(): Promise<TransfuseError> {
    const { settings, from } = this.#options;
    if (!from.gtidSet && BigInt(from.offset) > MAX_DUMP_OFFSET) throw beyondReach(from);
    const ssl = await sourceTlsOptions(settings.tls);
    if (this.#isOver) return this.#ended;
    const zongji = createZongji(driverOptions(settings, ssl, 'binlog reader'));
    this.#zongji = zongji;
    // It stays: a connection that is being torn down may still tell of errors.
    zongji.on('error', (error) => this.#end(error));
    zongji.once('ready', () => this.#prepare(zongji));
    const stopWatchdog = startWatchdog({
      progress: () => zongji.connection?.stream.bytesRead ?? 0,
      isPaused: () => this.#isPaused,
      silenceMs: this.#options.silenceMs,
      onSilence: () => this.#end(silent(this.#options.silenceMs)),
    });
    const keepAlive = setInterval(() => zongji.ctrlConnection?.ping(() => undefined), KEEP_ALIVE_MS);
    keepAlive.unref();
    this.#start(zongji);
    const reason = await this.#ended;
    stopWatchdog();
    clearInterval(keepAlive);
    await close(zongji, reason.code === 'INTERRUPTED');
    return reason;
  }

  /** Takes no more from the socket. Events that were already read may still come. */
  pause(): void {
    if (this.#isPaused || this.#isOver) return;
    this.#isPaused = true;
    this.#zongji?.connection?.pause();
  }

  resume(): void {
    if (!this.#isPaused || this.#isOver) return;
    this.#isPaused = false;
    try {
      this.#framer?.goOn();
    } catch (error) {
      this.#end(error);
    }
    // What was kept back may have filled the consumer again.
    if (!this.#isPaused && !this.#isOver) this.#zongji?.connection?.resume();
  }

  stop(): void {
    this.#end(new TransfuseError('INTERRUPTED', 'Stopped following the binlog.'));
  }

  #start(zongji: ZongjiInternals): void {
    const { from, identity } = this.#options;
    zongji.start({
      serverId: identity.serverId,
      filename: from.file,
      position: from.gtidSet ? 4 : Number(from.offset),
      // An empty set would mean: from the oldest file there is.
      ...(from.gtidSet && { gtidSet: from.gtidSet }),
    });
  }

  #prepare(zongji: ZongjiInternals): void {
    const framer = (this.#framer = new EventFramer({
      hasChecksums: zongji.useChecksum,
      maxExpandedBytes: this.#options.maxExpandedBytes,
      isPaused: () => this.#isPaused || this.#isOver,
      sink: (event) => {
        if (!this.#isOver) this.#options.sink(event);
      },
    }));
    try {
      for (const sql of dumpSession(zongji.isMariaDb, this.#options.identity)) {
        zongji.connection?.query(sql, (error) => error && this.#end(error));
      }
      interceptDump(zongji, {
        onEvent: (bytes) => {
          if (!this.#isOver) framer.push(bytes);
        },
        onEnd: (error) => this.#end(error ?? { code: 'PROTOCOL_CONNECTION_LOST' }),
      });
      // Beside a dump that waits for a slow target it is idle; a server may be set to end such connections soon.
      zongji.ctrlConnection?.query(
        `SET SESSION wait_timeout=${IDLE_TIMEOUT_SECONDS}`,
        (error) => error && this.#end(error),
      );
      if (this.#isPaused) zongji.connection?.pause();
    } catch (error) {
      this.#end(error);
    }
  }

  #end(error: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const { settings, from } = this.#options;
    const { host, port, database } = settings;
    this.#resolveEnded(classifyDumpError(error, { host, port, database }, from));
    // Nothing more is to come while it is being closed.
    this.#zongji?.connection?.pause();
  }
}

/** Runs on the dump's own connection before the dump. The old names work on all versions, the new ones on MySQL 8.0.26 and later. */
function dumpSession(isMariadb: boolean, { uuid }: ReplicaIdentity): string[] {
  const heartbeatNs = HEARTBEAT_SECONDS * 1e9;
  const statements = [
    `SET SESSION net_write_timeout=${NETWORK_TIMEOUT_SECONDS}`,
    `SET @master_heartbeat_period=${heartbeatNs}, @source_heartbeat_period=${heartbeatNs}`,
    // By it the server recognises, and ends, a dump that this reader has left behind.
    `SET @slave_uuid='${uuid}', @replica_uuid='${uuid}'`,
  ];
  // Otherwise MariaDB starts behind a missing transaction without a word.
  if (isMariadb) statements.push('SET @slave_gtid_strict_mode=1');
  return statements;
}

async function close(zongji: ZongjiInternals, isHealthy: boolean): Promise<void> {
  const connections = [zongji.connection, zongji.ctrlConnection].filter((connection) => connection !== null);
  const sockets = connections.map(({ stream }) => stream);
  if (!isHealthy) destroy(connections, sockets);
  const stopped = once(zongji, 'stopped', { signal: AbortSignal.timeout(CLOSE_TIMEOUT_MS) });
  // Ends the dump at the server too, over its other connection.
  zongji.stop();
  await stopped.catch(() => undefined);
  // The driver only half-closes.
  destroy(connections, sockets);
}

function destroy(connections: DriverConnection[], sockets: Socket[]): void {
  for (const connection of connections) {
    connection.removeAllListeners('error');
    connection.on('error', () => undefined);
  }
  for (const socket of sockets) socket.destroy();
}

function silent(silenceMs: number): TransfuseError {
  return new TransfuseError(
    'SOURCE_LOST',
    `The source has sent nothing for ${silenceMs / 1000} seconds, not even a heartbeat.`,
    {
      transient: true,
    },
  );
}

function beyondReach({ file, offset }: BinlogPosition): TransfuseError {
  return new TransfuseError(
    'CDC_POSITION_INVALID',
    `A binlog cannot be read from ${file}:${offset}: without GTIDs only the first 4 GiB of a file can be reached.`,
    {
      where: { file, offset },
      fix: 'Set gtid_mode=ON at the source, and load the tables again with bin/bulk --replace.',
    },
  );
}
