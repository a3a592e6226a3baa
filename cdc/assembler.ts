/**
 * From events to transactions, in both dialects. Promises: items in the source's order, none twice; rows only of tables
 * that are wanted, and copied only then; an event that is not understood throws, and nothing of its transaction has been
 * committed (invariant 6). Works synchronously and holds the descriptions of tables, no rows.
 */
import { TransfuseError } from '../src/core/errors.ts';
import {
  isSameServer,
  type BinlogPosition,
  type ServerIdentity,
  type TransactionPlace,
} from '../src/core/position.ts';
import type { SourceServer } from '../src/mysql/server-version.ts';
import { classifyStatement } from './classify-statement.ts';
import { malformedEvent } from './event-bytes.ts';
import { ARTIFICIAL_FLAG, EVENT } from './event-type.ts';
import { expandRows } from './expand-rows.ts';
import {
  readMariadbGtid,
  readMysqlGtid,
  readTaggedGtid,
  secondsToMs,
  type TransactionHead,
} from './gtid-event.ts';
import type { PlacedEvent } from './placed-event.ts';
import { PositionTracker } from './position-tracker.ts';
import { isBegin, readQueryEvent, statementText, type QueryEvent } from './query-event.ts';
import { isRowsEvent, parseRowsEvent } from './rows-event.ts';
import { readTableName } from './table-map.ts';
import { readTableId, TableMaps } from './table-maps.ts';
import type { FilePlace, StreamItem } from './transaction-model.ts';
import { XaTransactions } from './xa-transactions.ts';

interface AssemblerOptions {
  from: BinlogPosition;
  server: SourceServer;
  /** Names as the binlog writes them, and the transaction that the rows are of. */
  wants: (database: string, table: string, transaction: TransactionPlace) => boolean;
  /** Of one event that MariaDB compressed. */
  maxExpandedBytes: number;
  /** `bytes` is about what the item takes in memory. */
  emit: (item: StreamItem, bytes: number) => void;
}

interface OpenTransaction extends TransactionHead {
  start: FilePlace;
  /** Announced only: whether a transaction or a statement follows is not known yet. */
  isAnnounced: boolean;
  /** `begin` has been emitted. */
  hasBegun: boolean;
}

const ITEM_BYTES = 256;
const MAX_TABLES = 4096;
/** Ends a statement without any rows. */
const NO_TABLE_ID = 0xffffff;
const STATEMENT_FORMAT: ReadonlySet<number> = new Set([
  EVENT.intVar,
  EVENT.rand,
  EVENT.userVar,
  EVENT.beginLoadQuery,
  EVENT.executeLoadQuery,
]);
/** Say nothing about rows or positions. A text of the statement (29, 160) comes along at will. */
const WITHOUT_MEANING: ReadonlySet<number> = new Set([
  EVENT.stop,
  EVENT.ignorable,
  EVENT.rowsQuery,
  EVENT.previousGtids,
  EVENT.transactionContext,
  EVENT.viewChange,
  EVENT.mariadbAnnotateRows,
  EVENT.mariadbBinlogCheckpoint,
  EVENT.mariadbGtidList,
  EVENT.mariadbStartEncryption,
]);

export class TransactionAssembler {
  readonly #options: AssemblerOptions;
  readonly #tracker: PositionTracker;
  readonly #tables: TableMaps;
  /** By table id. */
  readonly #wanted = new Map<number, boolean>();
  readonly #xa = new XaTransactions();
  #open: OpenTransaction | null = null;
  #file: string;
  #offset: number;

  constructor(options: AssemblerOptions) {
    this.#options = options;
    this.#tracker = new PositionTracker(options.from);
    this.#tables = new TableMaps(options.server.flavor);
    this.#file = options.from.file;
    this.#offset = Number(options.from.offset);
  }

  /** Behind the last whole transaction: where to go on after a break. */
  get position(): BinlogPosition {
    return this.#tracker.position();
  }

  /** The stream goes on from `position` on a new connection, to this server. An open transaction is void. */
  reconnected(server: ServerIdentity): void {
    this.#rollBack();
    // Also where it is not known which one it was.
    if (!isSameServer(this.#tracker.comingServer, server)) this.#emit({ kind: 'server', server });
    // Ids are given out anew by a server that was restarted.
    this.#wanted.clear();
  }

  /** Throws CDC_EVENT_UNSUPPORTED, CDC_STATEMENT_FORMAT, CDC_XA_UNSUPPORTED, CDC_EVENT_MALFORMED, and what reading rows throws. */
  push(event: PlacedEvent): void {
    const file = this.#file;
    const offset = this.#offset;
    this.#file = event.file;
    this.#offset = event.endOffset;
    if (isRowsEvent(event.type)) return this.#rows(event);
    switch (event.type) {
      case EVENT.tableMap:
        return this.#tableMap(event.body);
      case EVENT.xid:
        return this.#commit(this.#requireOpen());
      case EVENT.gtid:
      case EVENT.anonymousGtid:
        return this.#announce(readMysqlGtid(event, event.type === EVENT.anonymousGtid), { file, offset });
      case EVENT.taggedGtid:
        return this.#announce(readTaggedGtid(event), { file, offset });
      case EVENT.mariadbGtid:
        return this.#announce(readMariadbGtid(event), { file, offset });
      case EVENT.query:
        if (isBegin(event.body)) return this.#beginStatement(event, { file, offset });
        return this.#query(readQueryEvent(event.body), event, { file, offset });
      case EVENT.mariadbQueryCompressed:
        return this.#query(this.#expandQuery(event.body), event, { file, offset });
      case EVENT.xaPrepare: {
        const open = this.#requireOpen();
        this.#xa.prepare(event.body, open.hasBegun);
        return this.#commit(open);
      }
      case EVENT.formatDescription:
        // Within a file it is sent again, and says 0, for each new connection. A new file ends what a crash has cut off.
        if (event.nextOffset > 0) this.#rollBack();
        return;
      case EVENT.rotate:
        // One that is made up names a file in which there is much to skip, maybe.
        if ((event.flags & ARTIFICIAL_FLAG) === 0) this.#passIdle();
        return;
      case EVENT.heartbeat:
      case EVENT.heartbeatV2:
        return this.#passIdle();
      default:
        if (WITHOUT_MEANING.has(event.type)) return;
        throw this.#refuse(event.type);
    }
  }

  #announce(head: TransactionHead, start: FilePlace): void {
    if (this.#open) throw malformedEvent('A transaction that begins within another');
    if (head.isTwoPhaseAlter) {
      throw new TransfuseError(
        'CDC_EVENT_UNSUPPORTED',
        `An ALTER TABLE at ${this.#here()} is written in two phases.`,
        {
          fix: 'Set binlog_alter_two_phase=OFF at the source, and load the tables again with bin/bulk --replace.',
        },
      );
    }
    // Written out: a spread copy of so few fields costs more than all the rest of a small transaction.
    const { gtid, commitTimestampMs, isStandalone, isTwoPhaseAlter } = head;
    const isAnnounced = isStandalone !== false;
    this.#open = {
      gtid,
      commitTimestampMs,
      isStandalone,
      isTwoPhaseAlter,
      start,
      isAnnounced,
      hasBegun: false,
    };
  }

  #requireOpen(): OpenTransaction {
    if (!this.#open || this.#open.isAnnounced) throw malformedEvent('A change outside of any transaction');
    return this.#open;
  }

  #tableMap(body: Buffer): void {
    const open = this.#requireOpen();
    const known = this.#tables.find(body);
    const { tableId, database, table } = known ?? readTableName(body);
    const isWanted = this.#options.wants(database, table, open);
    this.#wanted.set(tableId, isWanted);
    if (isWanted && !known) this.#tables.add(body);
  }

  #rows(event: PlacedEvent): void {
    const open = this.#requireOpen();
    const tableId = readTableId(event.body);
    const isWanted = this.#wanted.get(tableId);
    if (isWanted === undefined && tableId !== NO_TABLE_ID)
      throw malformedEvent('Rows of a table that was not described');
    if (!isWanted) return;
    const rows = parseRowsEvent(event, this.#tables, this.#options.maxExpandedBytes);
    // What fills most of the memory that it came in may stay there: the driver makes new memory for each packet.
    if (!rows.isCopy && 2 * rows.body.length < rows.body.buffer.byteLength) {
      rows.body = Buffer.from(rows.body);
    }
    rows.isCopy = true;
    this.#begin(open);
    this.#options.emit({ kind: 'rows', rows }, ITEM_BYTES + rows.body.length);
  }

  #begin(open: OpenTransaction): void {
    if (open.hasBegun) return;
    open.hasBegun = true;
    const { gtid, commitTimestampMs, start } = open;
    this.#options.emit({ kind: 'begin', gtid, commitTimestampMs, start }, ITEM_BYTES);
  }

  #commit({ gtid, commitTimestampMs, hasBegun }: OpenTransaction): void {
    const end = this.#place;
    this.#close();
    this.#emit(hasBegun ? { kind: 'commit', gtid, end } : { kind: 'position', gtid, commitTimestampMs, end });
  }

  get #place(): FilePlace {
    return { file: this.#file, offset: this.#offset };
  }

  #close(): void {
    this.#open = null;
    this.#tables.endStatement();
    if (this.#wanted.size > MAX_TABLES) this.#wanted.clear();
  }

  #rollBack(): void {
    const hadBegun = this.#open?.hasBegun === true;
    this.#close();
    if (hadBegun) this.#emit({ kind: 'rollback' });
  }

  #passIdle(): void {
    if (this.#open) return;
    this.#emit({ kind: 'position', gtid: null, commitTimestampMs: null, end: this.#place });
  }

  #emit(item: StreamItem, bytes = ITEM_BYTES): void {
    this.#tracker.advance(item);
    this.#options.emit(item, bytes);
  }

  #beginStatement(event: PlacedEvent, before: FilePlace): void {
    // Servers without GTIDs announce nothing.
    this.#open ??= { ...anonymousHead(event), start: before, isAnnounced: true, hasBegun: false };
    this.#open.isAnnounced = false;
  }

  #query(query: QueryEvent, event: PlacedEvent, before: FilePlace): void {
    if (query.sql.toString('latin1') === 'BEGIN') return this.#beginStatement(event, before);
    const sql = statementText(query);
    const { ansiQuotes, noBackslashEscapes, database } = query;
    const { server } = this.#options;
    const statement = classifyStatement(sql, { server, database, ansiQuotes, noBackslashEscapes });
    const open = this.#open ?? { ...anonymousHead(event), start: before, isAnnounced: true, hasBegun: false };
    switch (statement.kind) {
      case 'dml':
        throw this.#statementFormat();
      case 'savepoint':
        if (/^\s*ROLLBACK/i.test(sql) && open.hasBegun) throw this.#undone();
        return;
      case 'xa':
        if (/^\s*XA\s+(?:COMMIT|ROLLBACK)/i.test(sql)) {
          this.#xa.decide(sql);
          return this.#commit(open);
        }
        // START opens; of END nothing follows.
        this.#open = { ...open, isAnnounced: false };
        return;
      case 'transaction':
        if (/^\s*ROLLBACK/i.test(sql) && open.hasBegun) throw this.#undone();
        return this.#commit(open);
      default: {
        const inTransaction = !open.isAnnounced;
        const { gtid, commitTimestampMs, start } = open;
        if (inTransaction) this.#begin(open);
        else this.#close();
        const parts = {
          statement,
          database,
          sql,
          gtid,
          commitTimestampMs,
          inTransaction,
          start,
          end: this.#place,
        };
        this.#emit({ kind: 'statement', ...parts }, ITEM_BYTES + 2 * sql.length);
      }
    }
  }

  #expandQuery(body: Buffer): QueryEvent {
    const query = readQueryEvent(body);
    const sql = expandRows(query.sql, this.#options.maxExpandedBytes, `(a statement in ${query.database})`);
    return { ...query, sql };
  }

  #here(): string {
    const { file, offset } = this.#open?.start ?? this.#place;
    return `${file}:${offset}`;
  }

  #refuse(type: number): TransfuseError {
    if (STATEMENT_FORMAT.has(type)) return this.#statementFormat();
    const what =
      type === EVENT.incident
        ? 'The source reports an incident: it may have lost changes'
        : `An event of type ${type} is not known`;
    return new TransfuseError('CDC_EVENT_UNSUPPORTED', `${what}, in the binlog at ${this.#here()}.`);
  }

  #statementFormat(): TransfuseError {
    return new TransfuseError(
      'CDC_STATEMENT_FORMAT',
      `A change at ${this.#here()} of the binlog is logged as a statement and not as rows.`,
    );
  }

  #undone(): TransfuseError {
    return new TransfuseError(
      'CDC_EVENT_UNSUPPORTED',
      `A transaction at ${this.#here()} of the binlog undoes a part of its changes; of which tables it does not say.`,
    );
  }
}

function anonymousHead({ timestamp }: PlacedEvent): TransactionHead {
  return {
    gtid: null,
    commitTimestampMs: secondsToMs(timestamp),
    isStandalone: null,
    isTwoPhaseAlter: false,
  };
}
