import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBulkCase, type BulkCase } from '../support/bulk-case.ts';
import { BALLAST, BALLAST_CHANGES, ballastFaults } from '../support/bulk-case-ballast.ts';

let ballast: BulkCase;

beforeAll(async () => {
  ballast = await openBulkCase({ fill: BALLAST, changes: BALLAST_CHANGES });
  await ballast.succeed('schema');
});
afterAll(() => ballast[Symbol.asyncDispose]());

describe('a call that cannot work', () => {
  test.each([
    ['the source has another port', { LEGACY_DB_PORT: '1' }, 4, 'SOURCE_UNREACHABLE'],
    [
      'the host of the source is unknown',
      { LEGACY_DB_HOST: 'no-such-host.invalid' },
      4,
      'SOURCE_UNREACHABLE',
    ],
    ['the source refuses the password', { LEGACY_DB_PASSWORD: 'wr0ng-s3cret' }, 4, 'SOURCE_ACCESS_DENIED'],
    ['the source has no such user', { LEGACY_DB_USER: 'nobody_here' }, 4, 'SOURCE_ACCESS_DENIED'],
    ['the source has no such database', { LEGACY_DB_NAME: 'not_there' }, 4, 'SOURCE_DATABASE_MISSING'],
    ['the target has another port', { TARGET_DB_PORT: '1' }, 4, 'TARGET_UNREACHABLE'],
    [
      'the host of the target is unknown',
      { TARGET_DB_HOST: 'no-such-host.invalid' },
      4,
      'TARGET_UNREACHABLE',
    ],
    ['the target refuses the password', { TARGET_DB_PASSWORD: 'wr0ng-s3cret' }, 4, 'TARGET_ACCESS_DENIED'],
    ['the target has no such database', { TARGET_DB_NAME: 'not_there' }, 4, 'TARGET_DATABASE_MISSING'],
    ['a setting is not a number', { CHUNK_ROWS: 'many' }, 2, 'CONFIG_INVALID'],
    [
      '[invariant 12] the source is far away and without TLS',
      { LEGACY_DB_HOST: '192.0.2.1', LEGACY_DB_SSL_MODE: 'disable' },
      2,
      'PLAINTEXT_REFUSED',
    ],
    [
      '[invariant 12] the target is far away and without TLS',
      { TARGET_DB_HOST: '192.0.2.1', TARGET_DB_SSL_MODE: 'disable' },
      2,
      'PLAINTEXT_REFUSED',
    ],
  ])('because %s: says which, and what to do', async (_, changes, exitCode, code) => {
    const outcome = await ballast.run('bulk', ['--json'], changes);
    expect(JSON.parse(outcome.stdout)).toMatchObject({ ok: false, exitCode, code });
    expect(outcome.exitCode).toBe(exitCode);
    const { fix } = JSON.parse(outcome.stdout) as { fix: string };
    expect(fix).not.toBe('');
    expect(outcome.stdout).not.toContain('wr0ng-s3cret');
  });

  test.each([
    ['no profile of the name', ['--profile', 'unknown'], 2, 'PROFILE_UNKNOWN'],
    ['no module of the path', ['--profile', './not-there.js'], 2, 'PROFILE_UNKNOWN'],
    ['a table that the source does not have', ['--tables', 'ballast,not_there'], 2, 'NOTHING_TO_DO'],
    ['an option that there is not', ['--no-such-option'], 2, 'USAGE'],
  ])('because of %s: exit code 2', async (_, args, exitCode, code) => {
    const outcome = await ballast.run('bulk', [...args, '--json']);
    expect(JSON.parse(outcome.stdout)).toMatchObject({ ok: false, exitCode, code });
  });

  test('because the schema is not there: says so, and names bin/schema', async () => {
    await ballast.renewTarget();
    const outcome = await ballast.run('bulk');
    expect(outcome.exitCode).toBe(4);
    expect(outcome.stderr).toMatch(/ERROR TARGET_SCHEMA_MISSING: .*ballast.*bin\/schema/s);
  });

  test('because a privilege is missing: names the GRANT; SELECT alone is enough for a load', async () => {
    await ballast.renewTarget();
    await ballast.succeed('schema');
    const { database } = ballast.source;
    const [user, password] = [`u_${database.slice(-8)}`, 'a-password'];
    await ballast.sourceQuery(`CREATE USER '${user}'@'127.0.0.1' IDENTIFIED BY '${password}'`);
    try {
      await ballast.sourceQuery(`GRANT INSERT ON \`${database}\`.* TO '${user}'@'127.0.0.1'`);
      const as = { LEGACY_DB_USER: user, LEGACY_DB_PASSWORD: password };
      const refused = await ballast.run('bulk', [], as);
      expect(refused.exitCode, refused.stderr).toBe(4);
      expect(refused.stderr).toMatch(/ERROR SOURCE_ACCESS_DENIED.*GRANT SELECT ON/s);

      await ballast.sourceQuery(`GRANT SELECT ON \`${database}\`.* TO '${user}'@'127.0.0.1'`);
      const { stderr } = await ballast.succeed('bulk', [], as);
      expect(stderr).toMatch(/position of the binlog could not be read.*GRANT/s);
      expect(await ballastFaults(ballast)).toEqual([]);
    } finally {
      await ballast.sourceQuery(`DROP USER '${user}'@'127.0.0.1'`);
    }
  });
});
