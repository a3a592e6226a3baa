import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBulkCase, type BulkCase } from '../support/bulk-case.ts';
import { differencesBetween } from '../support/compare-databases.ts';
import { sourceFlavors } from '../support/databases.ts';
import { until } from '../support/run-command.ts';
import { startMariadb, startMysql, type MysqlServer } from '../support/servers/index.ts';

/** Servers of their own: the binlog of a shared one is needed by others. */
const START = { mariadb: startMariadb, mysql: startMysql };

describe.each(sourceFlavors())('%s: a sync whose binlog is gone', (flavor) => {
  let server: MysqlServer;
  let clinic: BulkCase;

  beforeAll(async () => {
    server = await START[flavor]();
    const fill = ['CREATE TABLE a (id INT PRIMARY KEY, v INT UNIQUE)', 'CREATE TABLE b (id INT PRIMARY KEY)'];
    clinic = await openBulkCase({ flavor, sourceServer: server, sync: true, fill });
  });
  afterAll(async () => {
    await clinic[Symbol.asyncDispose]();
    await server.stop();
  });

  /** MariaDB keeps a file until its recovery no longer needs it, and says nothing about that. */
  async function purge(): Promise<void> {
    await until('one binlog file to be left', async () => {
      await clinic.sourceQuery('FLUSH BINARY LOGS');
      const files = await clinic.sourceQuery<{ Log_name: string }>('SHOW BINARY LOGS');
      await clinic.sourceQuery(`PURGE BINARY LOGS TO '${files.at(-1)!.Log_name}'`);
      return (await clinic.sourceQuery('SHOW BINARY LOGS')).length === 1;
    });
  }

  it('says which command loads everything again, and that command works, also for a table that is gone [invariant 6]', async () => {
    await clinic.succeed('schema');
    await clinic.succeed('bulk');
    await clinic.succeed('sync');
    await clinic.sourceQuery('INSERT INTO a VALUES (1, 1), (2, 2)');
    await clinic.sourceQuery('DROP TABLE b');
    await purge();
    const refused = await clinic.run('sync', ['--json']);
    expect(refused.exitCode, refused.stderr).toBe(4);
    const { code, fix } = JSON.parse(refused.stdout) as { code: string; fix: string };
    expect(code).toBe('CDC_POSITION_PURGED');
    expect(fix).toContain('bin/bulk --replace');
    const single = await clinic.run('bulk', ['--json', '--tables', 'a']);
    expect(single.exitCode, single.stderr).toBe(4);
    const { stderr } = await clinic.succeed('bulk', ['--replace']);
    expect(stderr).toContain('b is not in the source any more');
    await clinic.sourceQuery('UPDATE a SET v = v + 10');
    await clinic.succeed('sync');
    expect(await differencesBetween(clinic.source, clinic.target)).toEqual([]);
  });
});
