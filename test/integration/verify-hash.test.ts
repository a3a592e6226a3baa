/** Over a thin link: the target digests its rows itself. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBulkCase, type BulkCase } from '../support/bulk-case.ts';
import { randomNumbers } from '../support/random.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import { foundIn, mutationsAmong, verifiedTables } from '../support/verify-mutations.ts';

const ROWS = 3000;

describe('digests that the target makes', () => {
  let hospital: BulkCase;

  beforeAll(async () => {
    hospital = await openBulkCase({ fill: verifiedTables(ROWS), changes: { CHUNK_ROWS: '700' } });
    for (const command of ['schema', 'bulk']) await hospital.succeed(command);
    await hospital.targetQuery('CREATE SCHEMA kept');
    for (const table of ['visits', 'pair', 'keyless'])
      await hospital.targetQuery(`CREATE TABLE kept.${table} AS TABLE public.${table}`);
  });
  afterAll(() => hospital[Symbol.asyncDispose]());

  it('are those of the rows that are expected, and of no others', { timeout: 120_000 }, async () => {
    await hospital.succeed('verify', ['--hash']);
    const random = randomNumbers(11);
    const some = mutationsAmong(ROWS).filter((_, index) => index % 4 === 0);
    for (const [name, sql, expected] of some) {
      for (const statement of sql(1 + random(ROWS - 2)))
        await hospital.targetQuery(statement.replace(/visits|pair|keyless/g, 'public.$&'));
      const outcome = await hospital.run('verify', ['--hash', '--json']);
      expect([name, outcome.exitCode, foundIn(outcome).toSorted()]).toEqual([name, 3, expected.toSorted()]);
      for (const table of ['visits', 'pair', 'keyless']) {
        await hospital.targetQuery(`TRUNCATE public.${table}`);
        await hospital.targetQuery(`INSERT INTO public.${table} SELECT * FROM kept.${table}`);
      }
    }
  });

  it('send a fraction of what the rows are', async () => {
    await hospital.targetQuery('CREATE TABLE kept.before AS TABLE public.visits');
    const bytesOf = async (...args: string[]) => {
      await using proxy = await startTcpProxy(hospital.target);
      await hospital.succeed('verify', ['--tables', 'visits', '--samples', '0', ...args], {
        TARGET_DB_PORT: String(proxy.port),
      });
      return proxy.bytesToClients;
    };
    const [whole, hashed] = [await bytesOf(), await bytesOf('--hash')];
    // The key, the JSON and a digest, of eleven columns; the catalog of the target is in both.
    expect(hashed).toBeLessThan(whole * 0.75);
  });
});
