import { once } from 'node:events';
import net from 'node:net';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { SslMode } from '../../src/config/settings.ts';
import { openTarget } from '../../src/postgres/connection.ts';
import { createTargetDatabase } from '../support/databases.ts';
import { startPostgres, type PostgresServer } from '../support/servers/index.ts';
import { targetSettings } from '../support/target-settings.ts';

const options = { applicationName: 'transfuse test' };
const OTHER_LOOPBACK = '127.0.0.2';

describe('a session on the target', () => {
  it('has the settings that the program relies on', async () => {
    await using target = await createTargetDatabase();
    const connection = await openTarget(targetSettings(target.config, target.config.database), options);
    const { rows } = await connection.query(`SELECT current_setting('TimeZone') AS zone,
      current_setting('DateStyle') AS dates, current_setting('IntervalStyle') AS intervals,
      current_setting('search_path') AS path, current_setting('client_encoding') AS encoding,
      current_setting('application_name') AS name, current_setting('statement_timeout') AS timeout`);
    expect(rows).toEqual([
      {
        zone: 'UTC',
        dates: expect.stringMatching(/^ISO/),
        intervals: 'postgres',
        path: '',
        encoding: 'UTF8',
        name: 'transfuse test',
        timeout: '0',
      },
    ]);
    await connection.close();
    await connection.close();
  });

  it('answers several statements with the rows of the last', async () => {
    await using target = await createTargetDatabase();
    const connection = await openTarget(targetSettings(target.config, target.config.database), options);
    expect(await connection.query('SELECT 1 AS a; SELECT 2 AS b')).toEqual({ rows: [{ b: 2 }], rowCount: 1 });
    await connection.close();
  });

  it('[invariant 9] rejects with an error of ours that quotes no value', async () => {
    await using target = await createTargetDatabase();
    await target.query('CREATE TABLE t (name text UNIQUE)');
    const connection = await openTarget(targetSettings(target.config, target.config.database), options);
    const insert = () => connection.query('INSERT INTO public.t VALUES ($1)', ['Jane Doe']);
    await insert();
    const error = (await insert().catch((thrown: unknown) => thrown)) as Error;
    expect(error).toMatchObject({
      code: 'TARGET_STATEMENT_FAILED',
      where: { table: 't', constraint: 't_name_key' },
    });
    expect(JSON.stringify([error, error.message, error.stack])).not.toContain('Jane');
    await connection.close();
  });

  it('that the server ends is lost, once, and says so to everyone', async () => {
    await using target = await createTargetDatabase();
    const connection = await openTarget(targetSettings(target.config, target.config.database), options);
    let told = 0;
    connection.onLost(() => told++);
    const forget = connection.onLost(() => (told += 100));
    forget();
    const failure = expect(connection.query('SELECT pg_sleep(30)')).rejects.toMatchObject({
      code: 'TARGET_LOST',
      transient: true,
    });
    await target.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE application_name = 'transfuse test' AND datname = current_database()`);
    await failure;
    await expect.poll(() => connection.isLost).toBe(true);
    expect(told).toBe(1);
    connection.onLost(() => told++);
    expect(told).toBe(2);
    await expect(connection.query('SELECT 1')).rejects.toMatchObject({
      code: 'TARGET_LOST',
      transient: true,
    });
    await connection.close();
  });

  it('that we destroy fails what it was doing, and is not called lost', async () => {
    await using target = await createTargetDatabase();
    const connection = await openTarget(targetSettings(target.config, target.config.database), options);
    let told = 0;
    connection.onLost(() => told++);
    const waiting = connection.query('SELECT pg_sleep(30)');
    connection.destroy();
    await expect(waiting).rejects.toMatchObject({ code: 'TARGET_LOST' });
    expect([told, connection.isLost]).toEqual([0, false]);
  });
});

describe('connecting to the target', () => {
  const settings = (overrides: Parameters<typeof targetSettings>[2] = {}, database = 'postgres') =>
    targetSettings(inject('targetServer'), database, overrides);

  it.each([
    ['a wrong password', () => settings({ password: 'Wr0ng-canary' }), 'TARGET_ACCESS_DENIED'],
    ['a database that is not there', () => settings({}, 'nowhere'), 'TARGET_DATABASE_MISSING'],
    ['a port where nobody listens', () => settings({ port: 1 }), 'TARGET_UNREACHABLE'],
    ['a host that has no address', () => settings({ host: 'nowhere.invalid' }), 'TARGET_UNREACHABLE'],
    ['a CA file that is not there', () => settings({ caFile: '/nowhere/ca.pem' }), 'TARGET_TLS'],
  ])('tells %s', async (_, make, code) => {
    const error = (await openTarget(make(), options).catch((thrown: unknown) => thrown)) as Error;
    expect(error).toMatchObject({ name: 'TransfuseError', code });
    expect(JSON.stringify([error, error.message, error.stack])).not.toContain('canary');
  });

  it.each(['disable', 'require'] as const)(
    'tells a MySQL server, and one that hangs up, from PostgreSQL (%s)',
    async (sslMode) => {
      const { mariadb } = inject('sourceServers');
      await expect(openTarget(settings({ port: mariadb!.port, sslMode }), options)).rejects.toMatchObject({
        code: 'TARGET_UNREACHABLE',
        message: expect.stringContaining('does not answer as PostgreSQL does'),
      });
      const rude = net.createServer((socket) => socket.end()).listen(0, '127.0.0.1');
      await once(rude, 'listening');
      const { port } = rude.address() as net.AddressInfo;
      await expect(openTarget(settings({ port, sslMode }), options)).rejects.toMatchObject({
        code: 'TARGET_UNREACHABLE',
        message: expect.stringContaining('before the user was signed in'),
        transient: true,
      });
      rude.close();
    },
  );

  it('gives up when it is stopped', async () => {
    const signal = AbortSignal.abort();
    await expect(openTarget(settings(), { ...options, signal })).rejects.toMatchObject({
      code: 'INTERRUPTED',
    });
    const blackHole = net.createServer().listen(0, '127.0.0.1');
    await once(blackHole, 'listening');
    const { port } = blackHole.address() as net.AddressInfo;
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 50);
    const opening = openTarget(settings({ port }), { ...options, signal: controller.signal });
    await expect(opening).rejects.toMatchObject({ code: 'INTERRUPTED' });
    blackHole.close();
  });
});

describe('[invariant 12] TLS to the target', () => {
  let server: PostgresServer;
  let plain: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres({ extraArgs: ['-c', `listen_addresses=127.0.0.1,${OTHER_LOOPBACK}`] });
    plain = await startPostgres({ extraArgs: ['-c', 'ssl=off'] });
  });
  afterAll(() => Promise.all([server.stop(), plain.stop()]));

  async function outcome(
    to: PostgresServer,
    sslMode: SslMode,
    overrides: Parameters<typeof targetSettings>[2] = {},
  ): Promise<string> {
    try {
      const connection = await openTarget(targetSettings(to, 'postgres', { sslMode, ...overrides }), options);
      const { rows } = await connection.query<{ ssl: boolean }>(
        'SELECT ssl FROM pg_catalog.pg_stat_ssl WHERE pid = pg_catalog.pg_backend_pid()',
      );
      await connection.close();
      return rows[0]!.ssl ? 'encrypted' : 'plain';
    } catch (error) {
      return (error as { code: string }).code;
    }
  }

  it('is left off by disable', async () => {
    expect(await outcome(server, 'disable')).toBe('plain');
    expect(await outcome(plain, 'disable')).toBe('plain');
  });

  it('trusts anyone with require, but never falls back to plaintext', async () => {
    expect(await outcome(server, 'require', { caFile: null })).toBe('encrypted');
    expect(await outcome(plain, 'require')).toBe('TARGET_TLS');
  });

  it('wants the CA with verify-ca, and no particular host', async () => {
    expect(await outcome(server, 'verify-ca')).toBe('encrypted');
    expect(await outcome(server, 'verify-ca', { host: OTHER_LOOPBACK })).toBe('encrypted');
    expect(await outcome(server, 'verify-ca', { caFile: null })).toBe('TARGET_TLS');
    expect(await outcome(server, 'verify-ca', { caFile: plain.caFile })).toBe('TARGET_TLS');
  });

  it('wants the CA and this very host with verify-full, by name and by address', async () => {
    expect(await outcome(server, 'verify-full')).toBe('encrypted');
    expect(await outcome(server, 'verify-full', { host: 'localhost' })).toBe('encrypted');
    expect(await outcome(server, 'verify-full', { host: OTHER_LOOPBACK })).toBe('TARGET_TLS');
    expect(await outcome(server, 'verify-full', { caFile: null })).toBe('TARGET_TLS');
    expect(await outcome(plain, 'verify-full')).toBe('TARGET_TLS');
  });
});
