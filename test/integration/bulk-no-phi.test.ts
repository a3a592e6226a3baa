import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBulkCase, openSourceSession, type BulkCase, type Changes } from '../support/bulk-case.ts';
import { BALLAST, BALLAST_CHANGES, SOME_CHUNKS_BYTES } from '../support/bulk-case-ballast.ts';
import { inserts } from '../support/bulk-case-clinic.ts';
import { sourceFlavors } from '../support/databases.ts';
import { PhiCanaries, textOfFiles } from '../support/phi-canaries.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';

const CHANGES: Changes = { ...BALLAST_CHANGES, LOG_LEVEL: 'trace', RETRY_TIMEOUT_SECONDS: '2' };

/** Small chunks over a text key, so that keys become the bounds of chunks. */
const PATIENTS = ['--tables', 'patients'];
const SMALL: Changes = { CHUNK_ROWS: '20', BATCH_SIZE: '10' };

function patients(canaries: PhiCanaries): string[] {
  const word = (column: string) => canaries.word(`a value of patients.${column}`);
  const number = (column: string) => canaries.number(`a value of patients.${column}`);
  const NUL = '\0';
  return [
    `CREATE TABLE patients (mrn VARCHAR(40) PRIMARY KEY COMMENT '${canaries.word('a column comment')}', name VARCHAR(60) NOT NULL,
       note TEXT, amount DECIMAL(18,2), visits BIGINT, photo BLOB, doc JSON, kind ENUM('in','out'), doctor VARCHAR(40))
       COMMENT '${canaries.word('a table comment')}'`,
    ...inserts('patients', 200, (n) => [
      // Numbered, so that the first by key, which is doubled below, is never one that is rejected.
      String(n).padStart(3, '0') + word('mrn'),
      word('name'),
      word('note') + (n % 50 === 3 ? NUL : ''),
      number('amount'),
      number('visits'),
      { raw: `X'${Buffer.from(word('photo')).toString('hex')}'` },
      JSON.stringify({ text: word('doc') + (n % 50 === 4 ? NUL : '') }),
      n % 50 === 5 ? word('kind') : 'in',
      word('doctor'),
    ]),
    // Twins for a unique key that the target adds, and an orphan for its foreign key.
    ...['x', 'y'].map(
      (
        end,
      ) => `INSERT INTO patients SELECT CONCAT(mrn, '${end}'), name, note, amount, visits, photo, doc, kind, doctor
        FROM (SELECT * FROM patients LIMIT 1) AS one`,
    ),
    'ANALYZE TABLE patients',
  ];
}

describe.each(sourceFlavors())(
  '[invariant 9] with %s as source no value and no secret is in any output',
  (flavor) => {
    const canaries = new PhiCanaries();
    let phi: BulkCase;
    let user: string;
    let superusers: object[];
    let said = '';

    beforeAll(async () => {
      const password = canaries.word('the password of the source');
      phi = await openBulkCase({ flavor, fill: [...patients(canaries), ...BALLAST], changes: CHANGES });
      user = `u_${phi.source.database.slice(-10)}`;
      await phi.sourceQuery(`CREATE USER '${user}'@'127.0.0.1' IDENTIFIED BY '${password}'`);
      await phi.sourceQuery(`GRANT ALL ON *.* TO '${user}'@'127.0.0.1'`);
      const targetPassword = canaries.word('the password of the target');
      await phi.targetQuery(`CREATE ROLE ${user} SUPERUSER LOGIN PASSWORD '${targetPassword}'`);
      superusers = [{ ...phi.source }, { ...phi.target }];
      Object.assign(phi.source, { user, password });
      Object.assign(phi.target, { user, password: targetPassword });
    });
    afterAll(async () => {
      Object.assign(phi.source, superusers[0]);
      Object.assign(phi.target, superusers[1]);
      await phi.sourceQuery(`DROP USER '${user}'@'127.0.0.1'`);
      await phi.renewTarget();
      await phi.targetQuery(`DROP ROLE ${user}`);
      await phi[Symbol.asyncDispose]();
    });

    /** Runs it for people and for programs, and remembers what was said. */
    async function run(
      expected: number,
      command: string,
      args: string[] = [],
      changes: Changes = {},
    ): Promise<string> {
      let both = '';
      for (const form of [[], ['--json']]) {
        const { exitCode, stdout, stderr } = await phi.run(command, [...args, ...form], changes);
        both += stdout + stderr;
        expect.soft(exitCode, `${command} ${args.join(' ')}\n${stderr}`).toBe(expected);
      }
      said += both;
      return both;
    }

    function expectSilence(): void {
      expect(canaries.foundIn(said)).toEqual([]);
      const logs = textOfFiles(phi.directory);
      expect(logs).toContain('started');
      expect(canaries.foundIn(logs)).toEqual([]);
    }

    test('when all goes well, and rows are rejected', async () => {
      await run(0, 'schema');
      await run(5, 'bulk', [...PATIENTS, '--replace'], SMALL);
      expect(said).toContain('12 rejected');
      await run(0, 'status');
      await run(0, 'test-connection');
      expectSilence();
    });

    test('when the target refuses rows, with messages that quote them', async () => {
      await phi.targetQuery(`
      TRUNCATE patients;
      ALTER TABLE patients ADD CONSTRAINT few CHECK (visits < 50000000000000);
      ALTER TABLE patients ADD COLUMN as_number integer GENERATED ALWAYS AS (CASE WHEN visits % 10 = 0 THEN name::integer END) STORED`);
      await run(5, 'bulk', [...PATIENTS, '--replace'], SMALL);
      const reasons = await phi.targetQuery('SELECT DISTINCT reason FROM transfuse.rejects');
      expect(reasons.map(({ reason }) => reason)).toEqual(
        expect.arrayContaining(['check_violation', 'malformed']),
      );
      await run(5, 'bulk', [...PATIENTS, '--replace', '--fail-fast'], SMALL);
      expectSilence();
      await phi.targetQuery('ALTER TABLE patients DROP COLUMN as_number, DROP CONSTRAINT few');
    });

    test('when keys cannot be put back, with messages that quote them', async () => {
      await phi.targetQuery(`
      TRUNCATE patients;
      CREATE TABLE doctors (name text PRIMARY KEY);
      ALTER TABLE patients ADD CONSTRAINT one_name UNIQUE (name), ADD CONSTRAINT has_doctor FOREIGN KEY (doctor) REFERENCES doctors`);
      const output = await run(3, 'bulk', [...PATIENTS, '--replace'], { ...SMALL, MAX_REJECTS: '1000' });
      expect(output).toMatch(/one_name[\s\S]*has_doctor|has_doctor[\s\S]*one_name/);
      await run(0, 'status');
      expectSilence();
      await phi.targetQuery('DROP TABLE doctors CASCADE');
    });

    test('when connections break, tables change, space ends, a load is interrupted or fails in a way not foreseen', async () => {
      await phi.renewTarget();
      await run(0, 'schema');
      await run(1, 'bulk', PATIENTS, { ...SMALL, TRANSFUSE_FAILPOINTS: 'bulk.in-copy=error@3' });
      await run(1, 'bulk', PATIENTS, { ...SMALL, TRANSFUSE_FAILPOINTS: 'bulk.in-careful-copy=error@1' });
      for (const end of ['source', 'target'] as const) {
        await phi.renewTarget();
        await run(0, 'schema');
        await using proxy = await startTcpProxy(phi[end]);
        const inTheMiddle =
          end === 'source'
            ? proxy.stallAfterBytesToClients(SOME_CHUNKS_BYTES)
            : proxy.stallAfterBytesToServers(SOME_CHUNKS_BYTES);
        const running = phi.start('bulk', [], {
          [end === 'source' ? 'LEGACY_DB_PORT' : 'TARGET_DB_PORT']: String(proxy.port),
        });
        await inTheMiddle;
        await run(6, 'bulk');
        proxy.accept(false);
        proxy.cut();
        const { stdout, stderr, exitCode } = await running.ended;
        expect([1, 4], stderr).toContain(exitCode);
        said += stdout + stderr;
      }
      const interrupted = phi.start('bulk', ['--replace']);
      setTimeout(() => interrupted.kill('SIGINT'), 700);
      const { stdout, stderr } = await interrupted.ended;
      said += stdout + stderr;
      const session = await openSourceSession(phi.source);
      await session.query('ALTER TABLE patients DROP COLUMN note');
      session.destroy();
      said += await phi.run('bulk').then((outcome) => outcome.stdout + outcome.stderr);
      expectSilence();
    });

    test('when a login is refused', async () => {
      const wrong = canaries.word('a wrong password');
      await run(4, 'bulk', [], { LEGACY_DB_PASSWORD: wrong });
      await run(4, 'bulk', [], { TARGET_DB_PASSWORD: wrong });
      await run(4, 'test-connection', [], { TARGET_DB_PASSWORD: wrong });
      await run(2, 'bulk', [], { CHUNK_ROWS: canaries.word('a setting') });
      expectSilence();
    });
  },
);

test('the search finds a canary in each of its forms', () => {
  const canaries = new PhiCanaries();
  const word = canaries.word('a word');
  const number = canaries.number('a number');
  expect(canaries.foundIn(`so ${word.toUpperCase()}!`)).toEqual(['a word']);
  expect(canaries.foundIn(`x'${Buffer.from(`..${word}`).toString('hex')}'`)).toEqual(['a word']);
  for (const before of ['', '.', '..', '...']) {
    expect(canaries.foundIn(Buffer.from(`${before}${word}...`).toString('base64'))).toEqual(['a word']);
  }
  expect(canaries.foundIn(`${number}`)).toEqual(['a number']);
  expect(canaries.foundIn('nothing')).toEqual([]);
});
