import { parseGtidSet, type GtidSet } from '../src/core/gtid-set.ts';
import type { BinlogPosition, ReachedPlace } from '../src/core/position.ts';
import type { StreamItem } from './transaction-model.ts';

/**
 * The position behind the items of a stream that were taken in, at transaction boundaries. Items carry only what changes:
 * to write out a whole GTID set for each transaction would cost more than reading it.
 */
export class PositionTracker implements ReachedPlace {
  file: string;
  offset: string | number;
  readonly gtids: GtidSet | null;
  serverUuid: string | null;

  /** Without a GTID set in `from` there is none later: what came before would be missing in it. */
  constructor(from: BinlogPosition) {
    this.file = from.file;
    this.offset = from.offset;
    const emptyDialect = from.serverUuid === null ? 'mariadb' : 'mysql';
    this.gtids = from.gtidSet === null ? null : parseGtidSet(from.gtidSet, emptyDialect);
    this.serverUuid = from.serverUuid;
  }

  /** The files are another server's from now on. */
  moveToServer(serverUuid: string | null): void {
    this.serverUuid = serverUuid;
  }

  advance(item: StreamItem): void {
    switch (item.kind) {
      case 'begin':
      case 'rows':
      case 'rollback':
        return;
      case 'statement':
        if (item.inTransaction) return;
        break;
      case 'commit':
      case 'position':
        break;
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
      serverUuid: this.serverUuid,
      recordedAt: new Date().toISOString(),
    };
  }
}
