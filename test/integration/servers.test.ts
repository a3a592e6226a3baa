import fs from 'node:fs';
import mysql from 'mysql2/promise';
import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { driverOptions } from '../support/database-address.ts';
import { createSourceDatabase, createTargetDatabase, sourceFlavors } from '../support/databases.ts';
import type { ServerAddress } from '../support/global-setup.ts';
import { startMariadb, startMysql, startPostgres } from '../support/servers/index.ts';

const startSource = { mariadb: startMariadb, mysql: startMysql };

describe.each(sourceFlavors())('a throw-away %s server', (flavor) => {
  test('answers over TLS, is set up for replication, and keeps its data through kill -9', async () => {
    const server = await startSource[flavor]();
    try {
      const before = await connectToMysql(server);
      expect(await valueOf(before, "show status like 'Ssl_version'")).toMatch(/^TLSv1\.[23]$/);
      expect(await valueOf(before, 'select current_user()')).toBe('root@127.0.0.1');
      expect(await valueOf(before, "show variables like 'binlog_format'")).toBe('ROW');
      expect(await valueOf(before, "show variables like 'binlog_row_image'")).toBe('FULL');
      expect(await valueOf(before, "show variables like 'binlog_row_metadata'")).toBe('FULL');
      if (flavor === 'mysql') expect(await valueOf(before, "show variables like 'gtid_mode'")).toBe('ON');
      await before.query('create database kept');
      await before.query('create table kept.numbers (n int primary key)');
      await before.query('insert into kept.numbers values (1), (2)');
      before.on('error', () => {}); // it is about to be cut

      const firstPid = server.pid;
      await server.kill();
      await expect(connectToMysql(server)).rejects.toThrow(/ECONNREFUSED/);
      await server.start();

      expect(server.pid).not.toBe(firstPid);
      const after = await connectToMysql(server);
      expect(Number(await valueOf(after, 'select count(*) from kept.numbers'))).toBe(2);
      await after.end();
    } finally {
      await server.stop();
    }
    expect(fs.existsSync(server.dir)).toBe(false);
  });

  test('refuses a wrong password', async () => {
    await using source = await createSourceDatabase(flavor);
    await expect(connectToMysql({ ...source.config, password: 'wrong' })).rejects.toThrow(/Access denied/);
  });

  test('gives each test a database of its own', async () => {
    await using first = await createSourceDatabase(flavor);
    await using second = await createSourceDatabase(flavor);
    await first.query('create table only_here (id int primary key)');
    expect(await first.query('show tables')).toHaveLength(1);
    expect(await second.query('show tables')).toHaveLength(0);
  });
});

describe('a throw-away PostgreSQL server', () => {
  test('answers over TLS, and keeps its data through kill -9', async () => {
    const server = await startPostgres();
    try {
      const before = await connectToPostgres(server);
      const { rows: tls } = await before.query('select ssl from pg_stat_ssl where pid = pg_backend_pid()');
      expect(tls).toEqual([{ ssl: true }]);
      await before.query('create table numbers (n integer primary key)');
      await before.query('insert into numbers values (1), (2)');

      const firstPid = server.pid;
      await server.kill();
      await expect(connectToPostgres(server)).rejects.toThrow(/ECONNREFUSED/);
      await server.start();

      expect(server.pid).not.toBe(firstPid);
      const after = await connectToPostgres(server);
      expect((await after.query('select n from numbers order by n')).rows).toEqual([{ n: 1 }, { n: 2 }]);
      await after.end();
    } finally {
      await server.stop();
    }
    expect(fs.existsSync(server.dir)).toBe(false);
  });

  test('refuses a wrong password', async () => {
    await using target = await createTargetDatabase();
    const attempt = connectToPostgres({ ...target.config, password: 'wrong' });
    await expect(attempt).rejects.toThrow(/password authentication failed/);
  });

  test('gives each test a database of its own', async () => {
    await using first = await createTargetDatabase();
    await using second = await createTargetDatabase();
    await first.query('create table only_here (id integer primary key)');
    const countTables = "select 1 from pg_tables where schemaname = 'public'";
    expect(await first.query(countTables)).toHaveLength(1);
    expect(await second.query(countTables)).toHaveLength(0);
  });
});

function connectToMysql(server: ServerAddress): Promise<mysql.Connection> {
  return mysql.createConnection(driverOptions(server));
}

/** The last column of the only row. */
async function valueOf(connection: mysql.Connection, sql: string): Promise<unknown> {
  const [rows] = await connection.query<mysql.RowDataPacket[]>(sql);
  return Object.values(rows[0] ?? {}).at(-1);
}

async function connectToPostgres(server: ServerAddress): Promise<pg.Client> {
  const client = new pg.Client({ ...driverOptions(server), database: 'postgres' });
  client.on('error', () => {}); // a killed server cuts the connection
  await client.connect();
  return client;
}
