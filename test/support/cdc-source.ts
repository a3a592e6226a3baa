/** A source server of a test's own, for what cannot be done to a shared one: kill, purge, reset, other settings. */
import fs from 'node:fs';
import mysql from 'mysql2/promise';
import type { DatabaseSettings } from '../../src/config/settings.ts';
import { openSource, type SourceConnection } from '../../src/mysql/connection.ts';
import { startMariadb, startMysql, type MysqlFlavor, type MysqlServer } from './servers/index.ts';

export interface CdcSource extends AsyncDisposable {
  readonly server: MysqlServer;
  readonly settings: DatabaseSettings;
  /** On one connection, which is opened again after the server was started again. */
  query<Row = Record<string, unknown>>(sql: string): Promise<Row[]>;
  open(): Promise<SourceConnection & AsyncDisposable>;
}

/** With an empty database `clinic`. */
export async function startCdcSource(flavor: MysqlFlavor, extraArgs: string[] = []): Promise<CdcSource> {
  const server = await (flavor === 'mariadb' ? startMariadb : startMysql)({ extraArgs });
  const { host, port, user, password, caFile } = server;
  const settings: DatabaseSettings = {
    host,
    port,
    user,
    password,
    database: 'clinic',
    tls: { mode: 'verify-full', caFile, certFile: null, keyFile: null },
  };
  const connect = async (database: string | undefined): Promise<mysql.Connection> => {
    const connection = await mysql.createConnection({
      host,
      port,
      user,
      password,
      ...(database && { database }),
      ssl: { ca: fs.readFileSync(caFile) },
      supportBigNumbers: true,
      bigNumberStrings: true,
    });
    connection.on('error', () => undefined);
    return connection;
  };
  let connection = await connect(undefined);
  await connection.query('CREATE DATABASE clinic');
  await connection.query('USE clinic');
  let pid = server.pid;
  return {
    server,
    settings,
    query: async <Row>(sql: string) => {
      if (pid !== server.pid) {
        connection.destroy();
        connection = await connect('clinic');
        pid = server.pid;
      }
      const [rows] = await connection.query(sql);
      return (Array.isArray(rows) ? rows : []) as Row[];
    },
    open: async () => {
      const source = await openSource(settings, { purpose: 'test' });
      return Object.assign(source, { [Symbol.asyncDispose]: () => source.close() });
    },
    [Symbol.asyncDispose]: async () => {
      connection.destroy();
      await server.stop();
    },
  };
}
