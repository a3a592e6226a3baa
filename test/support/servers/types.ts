/** What every throw-away server offers to a test. All of them listen on 127.0.0.1 only, and speak TLS. */
export interface ThrowAwayServer {
  readonly host: string;
  readonly port: number;
  /** A superuser, who signs in over TCP with `password`. */
  readonly user: string;
  readonly password: string;
  /** PEM of the CA that signed the server's certificate; the certificate is for localhost and 127.0.0.1. */
  readonly caFile: string;
  /** Holds everything the server writes. Removed by `stop()`, unless the server was started with `keepData`. */
  readonly dir: string;
  readonly logFile: string;
  /** Of the process now running, or of the last one. */
  readonly pid: number;
  /** Orderly shutdown. Safe to call twice, and after `kill()`. */
  stop(): Promise<void>;
  /** Default SIGKILL. Resolves when the server is gone; at once for SIGSTOP and SIGCONT. The data stay. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it again after `kill()`, or after `stop()` with `keepData`: same port, same data, same settings. */
  start(): Promise<void>;
}

export type MysqlFlavor = 'mariadb' | 'mysql';

export interface MysqlServer extends ThrowAwayServer {
  readonly flavor: MysqlFlavor;
}

export type PostgresServer = ThrowAwayServer;

export interface ServerOptions {
  /** Default: a free one. */
  port?: number;
  /** Appended to the server's command line, so they win over the defaults. */
  extraArgs?: readonly string[];
  /** Leave the data directory behind on `stop()`. */
  keepData?: boolean;
}

/** The password of `root` and `postgres` in every throw-away server. */
export const SUPERUSER_PASSWORD = 'transfuse-test';
