import { parseGtidSet, type GtidSet } from '../src/core/gtid-set.ts';
import type { BinlogPosition, ReachedPlace, ServerIdentity } from '../src/core/position.ts';
import type { StreamItem } from './transaction-model.ts';

/**
 * The position behind the items of a stream that were taken in, at transaction boundaries. Items carry only what changes:
 * to write out a whole GTID set for each transaction would cost more than reading it.
 */
export class PositionTracker implements ReachedPlace {
  file: string;
  offset: string | number;
  readonly gtids: GtidSet | null;
  server: ServerIdentity;
  /** Of the files of the next place; until then file and offset are those of the server before. */
  #nextServer: ServerIdentity | null = null;

  /** Without a GTID set in `from` there is none later: what came before would be missing in it. */
  constructor(from: BinlogPosition) {
    this.file = from.file;
    this.offset = from.offset;
    const emptyDialect = from.serverUuid === null ? 'mariadb' : 'mysql';
    this.gtids = from.gtidSet === null ? null : parseGtidSet(from.gtidSet, emptyDialect);
    this.server = identityOf(from);
  }

  /** Of the files of everything that comes. */
  get comingServer(): ServerIdentity {
    return this.#nextServer ?? this.server;
  }

  advance(item: StreamItem): void {
    switch (item.kind) {
      case 'begin':
      case 'rows':
      case 'rollback':
        return;
      case 'server':
        this.#nextServer = identityOf(item.server);
        return;
      case 'statement':
        if (item.inTransaction) return;
        break;
      case 'commit':
      case 'position':
        break;
    }
    if (this.#nextServer) {
      this.server = this.#nextServer;
      this.#nextServer = null;
    }
    this.file = item.end.file;
    this.offset = item.end.offset;
    if (item.gtid !== null) this.gtids?.add(item.gtid);
  }

  position(): BinlogPosition {
    return {
      file: this.file,
      offset: String(this.offset),
      gtidSet: this.gtids?.toString() ?? null,
      ...this.server,
      recordedAt: new Date().toISOString(),
    };
  }
}

function identityOf({ serverUuid, serverId }: ServerIdentity): ServerIdentity {
  return { serverUuid, ...(serverId !== undefined && { serverId }) };
}
