import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import tls from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DatabaseSettings, SslMode } from '../../src/config/settings.ts';
import { openSource } from '../../src/mysql/connection.ts';
import { RowSource } from '../../streams/row-source.ts';
import { createSourceDatabase, sourceFlavors, type SourceDatabase } from '../support/databases.ts';
import { connectToSource, sourceSettings } from '../support/source-settings.ts';

const ENDLESS =
  'WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 900) ' +
  'SELECT COUNT(*) FROM n AS a, n AS b, n AS c, n AS d';
const SECRET = 'CANARY-secret-password';

describe.each(sourceFlavors())('a connection to %s', (flavor) => {
  let database: SourceDatabase;
  let otherAuthority: string;

  beforeAll(async () => {
    database = await createSourceDatabase(flavor);
    otherAuthority = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'transfuse-ca-')), 'ca.pem');
    fs.writeFileSync(otherAuthority, tls.rootCertificates[0] ?? '');
  });

  afterAll(async () => {
    await database.drop();
    fs.rmSync(path.dirname(otherAuthority), { recursive: true });
  });

  const withTls = (
    mode: SslMode,
    caFile: string | null = database.config.caFile,
  ): Partial<DatabaseSettings> => ({
    tls: { mode, caFile, certFile: null, keyFile: null },
  });

  /** Whether the session is encrypted, or the code of the error. */
  async function attempt(changes: Partial<DatabaseSettings>): Promise<boolean | string> {
    try {
      await using source = await connectToSource(database, changes);
      const [row] = await source.query<{ Value: string }>(`SHOW SESSION STATUS LIKE 'Ssl_cipher'`);
      return row?.Value !== '';
    } catch (error) {
      return (error as { code: string }).code;
    }
  }

  test('[invariant 12] each TLS mode encrypts and verifies what its name says', async () => {
    expect(await attempt(withTls('disable'))).toBe(false);
    expect(await attempt(withTls('require', null))).toBe(true);
    expect(await attempt(withTls('require', otherAuthority))).toBe(true);
    expect(await attempt(withTls('verify-ca'))).toBe(true);
    expect(await attempt(withTls('verify-ca', otherAuthority))).toBe('SOURCE_TLS');
    expect(await attempt(withTls('verify-ca', null))).toBe('SOURCE_TLS');
    expect(await attempt(withTls('verify-full'))).toBe(true);
    expect(await attempt({ ...withTls('verify-full'), host: 'localhost' })).toBe(true);
    expect(await attempt(withTls('verify-full', otherAuthority))).toBe('SOURCE_TLS');
    expect(await attempt(withTls('verify-full', '/no/such/file.pem'))).toBe('SOURCE_TLS');
  });

  test('[invariant 12] a certificate for another address is refused by verify-full only', async () => {
    await using relay = await relayOn('127.0.0.2', database.config.port);
    const elsewhere = { host: '127.0.0.2', port: relay.port };
    expect(await attempt({ ...elsewhere, ...withTls('verify-full') })).toBe('SOURCE_TLS');
    expect(await attempt({ ...elsewhere, ...withTls('verify-ca') })).toBe(true);
  });

  test('the session reads in UTC and UTF-8, and cannot write', async () => {
    await database.query('create table notes (id int primary key, note varchar(20) character set latin1)');
    await database.query(`insert into notes values (1, 'é')`);
    await using source = await connectToSource(database);
    const [session] = await source.query<Record<string, string | number>>(
      'SELECT @@session.time_zone AS zone, @@character_set_results AS charset, @@session.net_write_timeout AS seconds',
    );
    expect(session).toEqual({ zone: '+00:00', charset: 'utf8mb4', seconds: '3600' });
    const [note] = await source.query<{ note: string }>('SELECT note FROM notes');
    expect(note?.note).toBe('é');
    await expect(source.query('DELETE FROM notes')).rejects.toMatchObject({ code: 'SOURCE_QUERY_FAILED' });
    expect(await database.query('select count(*) as n from notes')).toEqual([{ n: 1 }]);
  });

  test('big numbers and times come as exact text', async () => {
    await using source = await connectToSource(database);
    const [row] = await source.query(
      `SELECT CAST(18446744073709551615 AS UNSIGNED) AS big, CAST('1.10' AS DECIMAL(9,2)) AS amount, ` +
        `CAST('2020-01-02 03:04:05.678901' AS DATETIME(6)) AS at`,
    );
    expect(row).toEqual({ big: '18446744073709551615', amount: '1.10', at: '2020-01-02 03:04:05.678901' });
  });

  test('a user with nothing but SELECT can open a session', async () => {
    await using user = await createUser(database, 'SELECT');
    await using source = await connectToSource(database, user.settings);
    expect(source.context.account).toBe(`'${user.settings.user}'@'%'`);
  });

  test('[invariant 9] a wrong password is named as such, without the password', async () => {
    const error = await openSource(sourceSettings(database, { password: SECRET }), { purpose: 'test' }).catch(
      String,
    );
    expect(error).toContain('refused the user, the password or this host');
    expect(error).not.toContain(SECRET);
  });

  test('a database that is missing, or may not be seen, is named with those that may', async () => {
    const { database: there } = database.config;
    const meant = `${there.slice(0, -1)}_`;
    const refusal = (changes: Partial<DatabaseSettings>) =>
      openSource(sourceSettings(database, changes), { purpose: 'test' }).catch((error: unknown) => error);
    expect(await refusal({ database: meant })).toMatchObject({
      code: 'SOURCE_DATABASE_MISSING',
      message: expect.stringContaining(`\`${there}\``),
    });
    await using user = await createUser(database, 'SELECT');
    const refused = await refusal({ ...user.settings, database: meant });
    expect(refused).toMatchObject({
      code: 'SOURCE_DATABASE_MISSING',
      message: expect.stringContaining(
        `has no database \`${meant}\` that the user may see. It may see \`${there}\`.`,
      ),
    });
    const { fix } = refused as { fix: string };
    expect(fix).toContain(`did you mean ${there}?`);
    const grant = /^GRANT .*;$/m.exec(fix)![0];
    await database.query(grant);
    const grants = await database.query(`show grants for '${user.settings.user}'@'%'`);
    expect(JSON.stringify(grants)).toContain(JSON.stringify(meant.replaceAll('_', '\\_')).slice(1, -1));
  });

  test('a port where nothing listens, and a host without a name', async () => {
    expect(await attempt({ port: 1 })).toBe('SOURCE_UNREACHABLE');
    expect(await attempt({ host: 'no-such-host.invalid' })).toBe('SOURCE_UNREACHABLE');
  });

  test('a killed connection rejects its query and tells its listeners once', async () => {
    await using source = await connectToSource(database);
    const losses: string[] = [];
    source.onLost((error) => losses.push(error.code));
    const query = source
      .query('SELECT SLEEP(30)')
      .catch((error: { code: string; transient: boolean }) => error);
    await database.query(`kill connection ${source.threadId}`);
    expect(await query).toMatchObject({ transient: true });
    await until(() => source.isLost);
    expect(losses).toEqual(['SOURCE_LOST']);
    await expect(source.query('SELECT 1')).rejects.toMatchObject({ code: 'SOURCE_LOST' });
    source.onLost((error) => losses.push(error.code));
    expect(losses).toHaveLength(2);
  });

  test('an idle connection that is killed is noticed', async () => {
    await using source = await connectToSource(database);
    await database.query(`kill connection ${source.threadId}`);
    await until(() => source.isLost);
  });

  test('a query killed by an administrator may be tried again on the same connection', async () => {
    await using source = await connectToSource(database);
    const query = source.query(ENDLESS).catch((error: unknown) => error);
    await new Promise((resolve) => setTimeout(resolve, 200));
    await database.query(`kill query ${source.threadId}`);
    expect(await query).toMatchObject({ code: 'SOURCE_QUERY_FAILED', transient: true });
    expect(source.isLost).toBe(false);
    expect(await source.query(`SELECT 'yes' AS alive`)).toEqual([{ alive: 'yes' }]);
  });

  test('destroying a connection rejects what is pending, and is no loss', async () => {
    await using source = await connectToSource(database);
    const query = source.query('SELECT SLEEP(30)').catch((error: unknown) => error);
    source.destroy();
    expect(await query).toMatchObject({ code: 'SOURCE_LOST' });
    expect(source.isLost).toBe(false);
  });

  test('that is cut off by a signal ends who reads rows from it', async () => {
    const abort = new AbortController();
    const source = await openSource(sourceSettings(database), { purpose: 'test', signal: abort.signal });
    const rows = new RowSource({ source, sql: 'SELECT SLEEP(60)', table: 'none' });
    setTimeout(() => abort.abort(), 200);
    await expect(rows.toArray()).rejects.toMatchObject({ code: 'INTERRUPTED' });
  });

  test('that was cut off before it is read from ends who reads rows from it', async () => {
    const abort = new AbortController();
    const source = await openSource(sourceSettings(database), { purpose: 'test', signal: abort.signal });
    abort.abort();
    const rows = new RowSource({ source, sql: 'SELECT 1', table: 'none' });
    await expect(rows.toArray()).rejects.toMatchObject({ code: 'INTERRUPTED' });
  });

  test('an abort ends the opening and the connection', async () => {
    const settings = sourceSettings(database);
    await expect(
      openSource(settings, { purpose: 'test', signal: AbortSignal.abort() }),
    ).rejects.toMatchObject({
      code: 'INTERRUPTED',
    });
    const abort = new AbortController();
    const source = await openSource(settings, { purpose: 'test', signal: abort.signal });
    const query = source.query('SELECT SLEEP(30)').catch((error: unknown) => error);
    abort.abort();
    expect(await query).toMatchObject({ code: 'INTERRUPTED' });
  });
});

test('a server that accepts and says nothing is given up', { timeout: 20_000 }, async () => {
  const silent = net.createServer(() => {}).listen(0, '127.0.0.1');
  await new Promise((resolve) => silent.once('listening', resolve));
  const { port } = silent.address() as net.AddressInfo;
  const tls = { mode: 'disable' as const, caFile: null, certFile: null, keyFile: null };
  const settings = { host: '127.0.0.1', port, user: 'u', password: 'p', database: 'd', tls };
  await expect(openSource(settings, { purpose: 'test' })).rejects.toMatchObject({
    code: 'SOURCE_UNREACHABLE',
    message: expect.stringContaining('accepts connections and does not greet as MySQL does'),
    transient: true,
  });
  silent.close();
});

test.each([
  ['speaks SSH', (socket: net.Socket) => socket.write('SSH-2.0-OpenSSH_9.2\r\n'), /does not speak as MySQL/],
  [
    'speaks HTTP',
    (socket: net.Socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'),
    /does not speak as/,
  ],
  ['hangs up', (socket: net.Socket) => socket.end(), /ends them without the greeting/],
  ['hangs up rudely', (socket: net.Socket) => socket.resetAndDestroy(), /ends them without the greeting/],
] as const)(
  'a server that %s is unreachable at once, and told from one that was lost',
  async (_, answer, said) => {
    const other = net.createServer((socket) => void answer(socket.on('error', () => {})));
    other.listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as net.AddressInfo;
    const tls = { mode: 'disable' as const, caFile: null, certFile: null, keyFile: null };
    const settings = { host: '127.0.0.1', port, user: 'u', password: 'p', database: 'd', tls };
    const since = performance.now();
    await expect(openSource(settings, { purpose: 'test' })).rejects.toMatchObject({
      code: 'SOURCE_UNREACHABLE',
      message: expect.stringMatching(said),
      fix: expect.stringContaining('LEGACY_DB_PORT'),
    });
    expect(performance.now() - since).toBeLessThan(5000);
    other.close();
  },
);

interface Relay extends AsyncDisposable {
  port: number;
}

/** Forwards connections to 127.0.0.1. */
async function relayOn(host: string, targetPort: number): Promise<Relay> {
  const sockets = new Set<net.Socket>();
  const server = net.createServer((client) => {
    const target = net.connect(targetPort, '127.0.0.1');
    for (const socket of [client, target]) sockets.add(socket.on('error', () => {}));
    client.pipe(target).pipe(client);
  });
  server.listen(0, host);
  await new Promise((resolve) => server.once('listening', resolve));
  return {
    port: (server.address() as net.AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface TestUser extends AsyncDisposable {
  settings: { user: string; password: string };
}

async function createUser(database: SourceDatabase, privileges: string): Promise<TestUser> {
  const user = `u_${database.config.database.slice(-8)}`;
  await database.query(`create user '${user}'@'%' identified by '${SECRET}'`);
  await database.query(`grant ${privileges} on \`${database.config.database}\`.* to '${user}'@'%'`);
  return {
    settings: { user, password: SECRET },
    [Symbol.asyncDispose]: async () => {
      await database.query(`drop user '${user}'@'%'`);
    },
  };
}

async function until(condition: () => boolean): Promise<void> {
  await expect.poll(condition, { timeout: 5_000, interval: 10 }).toBe(true);
}
