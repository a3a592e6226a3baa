/** Sets of rows, tables that several mappings fill, and references to rows that are not there: loaded, and made anew by changes. */
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { openBulkCase, openSourceSession, type BulkCase, type Row } from '../support/bulk-case.ts';
import { queryTarget } from '../support/database-sessions.ts';
import { sourceFlavors } from '../support/databases.ts';
import { randomNumbers } from '../support/random.ts';
import { until } from '../support/run-command.ts';

const PROFILE = ['--profile', path.resolve('dist/test/support/library/library.js')];
const FILL = [
  'CREATE TABLE authors (id INT PRIMARY KEY, name VARCHAR(30) NOT NULL)',
  'CREATE TABLE members (id INT PRIMARY KEY, name VARCHAR(30) NOT NULL)',
  'CREATE TABLE books (id INT PRIMARY KEY, title VARCHAR(30) NOT NULL, author INT NULL, tags VARCHAR(200) NULL, isbn VARCHAR(20) NULL, KEY author (author))',
  "INSERT INTO authors VALUES (1, 'Ada'), (2, 'Bo')",
  "INSERT INTO members VALUES (1, 'Mo')",
  `INSERT INTO books VALUES (1, 'one', 1, 'red blue red', 'i1'), (2, 'two', 2, '', 'i2'), (3, 'nobody''s', NULL, 'old', NULL), (4, 'lost', 99, 'red', NULL),
     (5, 'banned', 1, 'blue forbidden', NULL)`,
];
const TABLES = {
  person: 'SELECT kind, name FROM library.person ORDER BY kind, name',
  book: 'SELECT b.title, p.name, b.flags FROM library.book b LEFT JOIN library.person p ON p.id = b.author_id ORDER BY title',
  tag: 'SELECT b.title, tag FROM library.tag t JOIN library.book b ON b.id = t.book_id ORDER BY title, tag',
};

async function loaded(flavor: BulkCase['flavor'], changes = {}): Promise<BulkCase> {
  const live = await openBulkCase({
    flavor,
    sync: true,
    fill: FILL,
    changes: { MAX_REJECTS: '100000', ...changes },
  });
  await live.succeed('schema', PROFILE);
  await live.succeed('bulk', PROFILE);
  return live;
}

type Contents = Record<keyof typeof TABLES, Row[]>;

async function contents(live: BulkCase, database = live.target.database): Promise<Contents> {
  const entries = Object.entries(TABLES).map(async ([name, sql]) => [
    name,
    await queryTarget({ ...live.target, database }, sql),
  ]);
  return Object.fromEntries(await Promise.all(entries)) as Contents;
}

const REJECTS = `SELECT mapping, row_key->>'id' AS id, reason, column_name AS column FROM transfuse.rejects
  WHERE resolved_at IS NULL ORDER BY 1, 2`;

/** What a load of the source as it is now gives, in a database of its own. */
async function asLoadedNow(live: BulkCase): Promise<{ contents: Contents; rejects: Row[] }> {
  const database = `${live.target.database}_now`;
  const settings = { TARGET_DB_NAME: database };
  await live.succeed('schema', PROFILE, settings);
  await live.succeed('bulk', ['--no-sync', ...PROFILE], settings);
  const now = {
    contents: await contents(live, database),
    rejects: await queryTarget({ ...live.target, database }, REJECTS),
  };
  await queryTarget({ ...live.target, database: 'postgres' }, `DROP DATABASE "${database}" WITH (FORCE)`);
  return now;
}

describe.each(sourceFlavors())('sets of rows from %s', (flavor) => {
  it.runIf(flavor === 'mariadb')(
    'are loaded whole or not at all, and counted as the rows that they are of [invariant 5]',
    async () => {
      await using live = await loaded(flavor);
      expect(await contents(live)).toEqual({
        person: [
          { kind: 'author', name: 'Ada' },
          { kind: 'author', name: 'Bo' },
          { kind: 'member', name: 'Mo' },
        ],
        book: [
          { title: 'banned', name: 'Ada', flags: [] },
          { title: "nobody's", name: null, flags: [] },
          { title: 'one', name: 'Ada', flags: [] },
          { title: 'two', name: 'Bo', flags: [] },
        ],
        tag: [
          { title: "nobody's", tag: 'old' },
          { title: 'one', tag: 'blue' },
          { title: 'one', tag: 'red' },
        ],
      });
      expect(await live.targetQuery(REJECTS)).toEqual([
        { mapping: 'books', id: '4', reason: 'orphan', column: 'author_id' },
        { mapping: 'tags', id: '5', reason: 'check_violation', column: null },
      ]);
      expect(
        await live.targetQuery(
          `SELECT sum(rows_read)::int AS read, sum(rows_loaded)::int AS loaded, sum(rows_filtered)::int AS filtered
         FROM transfuse.chunks WHERE mapping = 'tags'`,
        ),
      ).toEqual([{ read: 5, loaded: 2, filtered: 2 }]);
    },
  );

  it.runIf(flavor === 'mariadb')(
    'lose what they refer to where the operator says so, and keep its name',
    async () => {
      await using live = await loaded(flavor, { ORPHAN_POLICY: 'null' });
      const { book } = await contents(live);
      expect(book).toContainEqual({ title: 'lost', name: null, flags: ['author_id_orphan'] });
    },
  );

  it.runIf(flavor === 'mariadb')(
    'are loaded again without touching what others have in their table',
    async () => {
      await using live = await loaded(flavor);
      await live.succeed('sync', PROFILE);
      const before = await contents(live);
      await live.targetQuery("UPDATE library.person SET name = 'changed by hand' WHERE kind = 'author'");
      await live.succeed('bulk', [...PROFILE, '--tables', 'members', '--replace']);
      const { person } = await contents(live);
      expect(person.map(({ name }) => name)).toEqual(['changed by hand', 'changed by hand', 'Mo']);
      await live.succeed('bulk', [...PROFILE, '--tables', 'authors', '--replace']);
      expect(await contents(live)).toEqual(before);
    },
  );

  it.runIf(flavor === 'mariadb')(
    'follow the source: rows that others refer to come first and go last, and orphans go too [invariants 1, 4]',
    async () => {
      await using live = await loaded(flavor);
      await live.succeed('sync', PROFILE);
      const change = async (...steps: string[]) => {
        for (const sql of steps) {
          await live.sourceQuery(sql);
          await live.succeed('sync', PROFILE);
        }
        const now = await asLoadedNow(live);
        expect(await contents(live), steps.join()).toEqual(now.contents);
      };
      await change(
        "UPDATE books SET tags = 'green red' WHERE id = 1",
        "DELETE FROM authors WHERE id = 1; INSERT INTO authors VALUES (99, 'Found')",
      );
      await change(
        "INSERT INTO books VALUES (7, 'new', 7, 'x y z', 'i7'); INSERT INTO authors VALUES (7, 'Gus')",
        'DELETE FROM books WHERE id = 3; UPDATE books SET id = 30 WHERE id = 2',
        "INSERT INTO authors VALUES (1, 'Ada again'); UPDATE books SET tags = NULL WHERE id = 1",
        // Its ISBN is that of the row that it was, which its tags refer to.
        'UPDATE books SET id = 77 WHERE id = 7',
      );
      await change('DELETE FROM authors; DELETE FROM members', 'DELETE FROM books');
    },
  );

  it('end as a load would give them, whatever changes meanwhile and however often sync is killed [invariants 1, 4]', async () => {
    await using live = await loaded(flavor);
    const any = randomNumbers(11);
    const words = ['red', 'blue', 'green', 'old'];
    const some = () => words.filter(() => any(2) === 0).join(' ');
    const statements = [
      () => `REPLACE INTO authors VALUES (${any(6)}, 'a${any(99)}')`,
      () => `DELETE FROM authors WHERE id = ${any(6)}`,
      () => `REPLACE INTO members VALUES (${any(6)}, 'm${any(99)}')`,
      () => `REPLACE INTO books VALUES (${any(12)}, 'b${any(999)}', ${any(7)}, '${some()}', NULL)`,
      () => `UPDATE books SET tags = '${some()}', author = ${any(7)} WHERE id = ${any(12)}`,
      () => `UPDATE IGNORE books SET id = ${any(12)} WHERE id = ${any(12)}`,
      () => `DELETE FROM books WHERE id = ${any(12)}`,
    ];
    const session = await openSourceSession(live.source);
    for (let round = 0; round < 4; round++) {
      const sync = live.start('sync', ['--continuous', ...PROFILE]);
      for (let i = 0; i < 80; i++) await session.query(statements[any(statements.length)]!());
      await until('something to be applied', async () => {
        const rows = await live.targetQuery('SELECT 1 FROM transfuse.checkpoints WHERE commits > 0');
        return rows.length > 0;
      });
      sync.kill('SIGKILL');
      await sync.ended;
    }
    session.destroy();
    await until(
      'the killed session to be gone',
      async () => (await live.run('sync', PROFILE)).exitCode === 0,
    );
    const now = await asLoadedNow(live);
    expect(await contents(live)).toEqual(now.contents);
    expect(await live.targetQuery(REJECTS)).toEqual(now.rejects);
    expect(await live.targetQuery('SELECT * FROM transfuse.touched_rows')).toEqual([]);
  });
});
