import type { Connection } from 'mysql2';
import type { TransfuseError } from '../core/errors.ts';
import type { SourceErrorContext } from './errors.ts';
import type { SourceServer } from './server-version.ts';

/** What `openSource` gives; its promises are in connection.ts. */
export interface SourceConnection {
  /** The driver's connection, for reading rows without parsing them. Whoever uses it classifies its errors. */
  readonly raw: Connection;
  readonly server: SourceServer;
  /** CONNECTION_ID() at the server. */
  readonly threadId: number;
  /** True once the connection broke by itself. `close` and `destroy` do not count. */
  readonly isLost: boolean;
  /** Names of host, port, database and account for messages. */
  readonly context: SourceErrorContext;
  /** The rows as objects. `sql` goes as it is: names and values in it come from identifiers.ts. */
  query<Row>(sql: string, context?: SourceErrorContext): Promise<Row[]>;
  /** Calls back once when the connection breaks, or is cut off by the signal, at once if it already has. Returns how to stop listening. */
  onLost(listener: (error: TransfuseError) => void): () => void;
  /** Says goodbye after the running statement; gives up after two seconds. Safe to call twice. */
  close(): Promise<void>;
  /** Ends the connection in the middle of whatever it does; pending queries are rejected. */
  destroy(): void;
}
