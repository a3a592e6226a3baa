import { expect, test } from 'vitest';
import { readBinlogPosition } from '../../src/mysql/position.ts';
import { startCdcSource, type CdcSource } from '../support/cdc-source.ts';
import { sourceFlavors } from '../support/databases.ts';
import type { MysqlFlavor } from '../support/servers/index.ts';
import { until } from '../support/run-command.ts';
import { StreamReader } from '../support/stream-reader.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';

const REPLICA = ['--server-id=2', '--log-slave-updates'];

test.each(sourceFlavors())(
  '[invariant 4] %s: when another server of the topology takes over, the stream goes on by GTID, and says whose position it is',
  async (flavor) => {
    await using primary = await startCdcSource(flavor);
    await using replica = await startReplica(flavor, primary);
    await using proxy = await startTcpProxy(primary.settings);
    const from = await positionOf(primary);
    // Each of the throw-away servers has an authority of its own.
    const tls = { mode: 'require' as const, caFile: null, certFile: null, keyFile: null };
    await using reader = new StreamReader({ ...primary.settings, port: proxy.port, tls }, from);
    // So that a place of one server means nothing on the other.
    for (let i = 0; i < 3; i++) await replica.query('FLUSH BINARY LOGS');
    for (let id = 1; id <= 5; id++) await primary.query(`INSERT INTO notes VALUES (${id})`);
    await reader.untilCount(5);
    expect(reader.tracker.position()).toMatchObject(identityOf(await positionOf(primary)));
    await until('the replica to have all', async () => (await count(replica)) === 5);

    proxy.redirect(replica.settings);
    proxy.cut();
    await replica.query(flavor === 'mariadb' ? 'STOP SLAVE' : 'STOP REPLICA');
    for (let id = 6; id <= 9; id++) await replica.query(`INSERT INTO notes VALUES (${id})`);
    await reader.untilCount(9);

    const { recordedAt: _at, ...now } = await positionOf(replica);
    expect(reader.tracker.position()).toMatchObject(now);
    expect(reader.lines).toEqual(Array.from({ length: 9 }, () => 'insert notes'));

    // Back at the old primary, which lacks what the new one has committed.
    proxy.redirect(primary.settings);
    proxy.cut();
    expect(await reader.ended).toMatchObject({ code: 'CDC_POSITION_INVALID', transient: false });
  },
);

/** With the table `notes`, which the primary has too. */
async function startReplica(flavor: MysqlFlavor, primary: CdcSource): Promise<CdcSource> {
  const { host, port, user, password } = primary.settings;
  const replica = await startCdcSource(flavor, REPLICA);
  await primary.query('CREATE TABLE notes (id INT PRIMARY KEY)');
  await replica.query('CREATE TABLE notes (id INT PRIMARY KEY)');
  if (flavor === 'mariadb') {
    const [row] = await primary.query<{ at: string }>('SELECT @@GLOBAL.gtid_binlog_pos AS at');
    await replica.query('RESET MASTER');
    await replica.query(`SET GLOBAL gtid_slave_pos = '${row!.at}'`);
    await replica.query(
      `CHANGE MASTER TO MASTER_HOST='${host}', MASTER_PORT=${port}, MASTER_USER='${user}', MASTER_PASSWORD='${password}', MASTER_USE_GTID=slave_pos`,
    );
    await replica.query('START SLAVE');
  } else {
    const [row] = await primary.query<{ at: string }>('SELECT @@GLOBAL.gtid_executed AS at');
    await replica.query('RESET BINARY LOGS AND GTIDS');
    await replica.query(`SET GLOBAL gtid_purged = '${row!.at}'`);
    await replica.query(
      `CHANGE REPLICATION SOURCE TO SOURCE_HOST='${host}', SOURCE_PORT=${port}, SOURCE_USER='${user}', SOURCE_PASSWORD='${password}', SOURCE_AUTO_POSITION=1, SOURCE_SSL=1`,
    );
    await replica.query('START REPLICA');
  }
  return replica;
}

async function positionOf(source: CdcSource) {
  await using connection = await source.open();
  return (await readBinlogPosition(connection))!;
}

function identityOf({ serverUuid, serverId }: { serverUuid: string | null; serverId?: string }) {
  return { serverUuid, ...(serverId !== undefined && { serverId }) };
}

async function count(source: CdcSource): Promise<number> {
  const [row] = await source.query<{ n: string | number }>('SELECT count(*) AS n FROM notes');
  return Number(row!.n);
}
