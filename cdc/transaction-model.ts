/** What the binlog says, transaction by transaction. */
import type { ServerIdentity } from '../src/core/position.ts';
import type { ClassifiedStatement } from './classify-statement.ts';
import type { RowsEvent } from './model.ts';

/** A place in the binlog between two events; exact up to 2⁵³ bytes. */
export interface FilePlace {
  file: string;
  offset: number;
}

/**
 * The items of a stream, in the order of the source's commits. A transaction is begin, rows and statements, commit; or
 * begin, rows, rollback where the connection broke or the source crashed in the middle: it is void then, and comes again if the source has
 * committed it. A statement outside of a transaction is one by itself.
 */
export type StreamItem =
  | TransactionBegin
  | TransactionRows
  | TransactionCommit
  | TransactionRollback
  | SourceStatement
  | StreamPosition
  | StreamServer;

/** Comes before the first row that somebody wants, so that the many transactions of others cost little. */
export interface TransactionBegin {
  kind: 'begin';
  /** null where the source numbers no transactions. */
  gtid: string | null;
  /** When the source committed, by its clock; whole seconds where it says no more. null where it says nothing. */
  commitTimestampMs: number | null;
  start: FilePlace;
}

export interface TransactionRows {
  kind: 'rows';
  /** The body is a copy: it stays valid. */
  rows: RowsEvent;
}

export interface TransactionCommit {
  kind: 'commit';
  gtid: string | null;
  end: FilePlace;
}

export interface TransactionRollback {
  kind: 'rollback';
}

/** A definition, or upkeep. Of statements that change rows none comes here: they end the stream. */
export interface SourceStatement {
  kind: 'statement';
  statement: ClassifiedStatement;
  /** The session's default database; '' for none. */
  database: string;
  /** May hold literals out of rows (defaults, partition bounds): not for logs. */
  sql: string;
  gtid: string | null;
  commitTimestampMs: number | null;
  /** True between begin and commit, as for the definition in CREATE TABLE … SELECT: it commits nothing by itself. */
  inTransaction: boolean;
  start: FilePlace;
  end: FilePlace;
}

/** Nothing that anybody wants happened up to here: a transaction of other tables, a rotation, a heartbeat. */
export interface StreamPosition {
  kind: 'position';
  /** Of the transaction that is passed over; null where it is none, or has none. */
  gtid: string | null;
  commitTimestampMs: number | null;
  end: FilePlace;
}

/** Everything that follows is from another server: a failover. Comes between transactions. */
export interface StreamServer {
  kind: 'server';
  server: ServerIdentity;
}
