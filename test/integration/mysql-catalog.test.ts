import { describe, expect, test } from 'vitest';
import type { SourceCatalog, SourceColumn, SourceTable } from '../../src/mysql/catalog-model.ts';
import { readSourceCatalog } from '../../src/mysql/catalog.ts';
import { createSourceDatabase, sourceFlavors, type SourceDatabase } from '../support/databases.ts';
import { hasSakila, loadSakila } from '../support/sakila.ts';
import { connectToSource } from '../support/source-settings.ts';

const LONG_NAME = 'n'.repeat(64);

describe.each(sourceFlavors())('the catalog of %s', (flavor) => {
  async function catalogOf(...statements: string[]): Promise<SourceCatalog> {
    await using database = await createSourceDatabase(flavor);
    await database.query(`set sql_mode = ''`);
    for (const statement of statements) await database.query(statement);
    await using source = await connectToSource(database);
    return await readSourceCatalog(source, database.config.database);
  }

  const table = (catalog: SourceCatalog, name: string): SourceTable => {
    const found = catalog.tables.find((candidate) => candidate.name === name);
    if (!found) throw new Error(`no table ${name}`);
    return found;
  };
  const column = (of: SourceTable, name: string): SourceColumn => {
    const found = of.columns.find((candidate) => candidate.name === name);
    if (!found) throw new Error(`no column ${name}`);
    return found;
  };

  test('names come through whatever they are made of', async () => {
    const names = [
      'select',
      'MixedCase',
      'mixedcase',
      LONG_NAME,
      'back`tick',
      'Größe',
      'two words',
      "quo'te",
      '1st',
    ];
    const statements = names.map((name) => {
      const quoted = `\`${name.replaceAll('`', '``')}\``;
      return `create table ${quoted} (${quoted} int, key ${quoted} (${quoted}))`;
    });
    const catalog = await catalogOf(...statements);
    expect(catalog.tables.map(({ name }) => name).sort()).toEqual([...names].sort());
    for (const found of catalog.tables) {
      expect(found.columns.map(({ name }) => name)).toEqual([found.name]);
      expect(found.indexes.map(({ name }) => name)).toEqual([found.name]);
    }
  });

  test('column types come with all that matters about them', async () => {
    const catalog = await catalogOf(`create table t (
      u bigint unsigned not null auto_increment primary key, d decimal(12,3), f float, m float(7,2), v varchar(20)
      character set latin1 collate latin1_german1_ci comment 'it''s', b varbinary(9), bits bit(5), j json,
      at datetime(3) default current_timestamp(3) on update current_timestamp(3), hidden int invisible,
      e enum('a','b,c','it''s','\\\\','x\\ny'), s set('p','q'), txt text)`);
    const t = table(catalog, 't');
    expect(t.columns.map(({ name }) => name).join()).toBe('u,d,f,m,v,b,bits,j,at,hidden,e,s,txt');
    expect(column(t, 'u')).toMatchObject({
      dataType: 'bigint',
      unsigned: true,
      nullable: false,
      autoIncrement: true,
    });
    expect(column(t, 'd')).toMatchObject({
      precision: 12,
      scale: 3,
      unsigned: false,
      nullable: true,
      length: null,
    });
    expect(column(t, 'f')).toMatchObject({ precision: null, scale: null });
    expect(column(t, 'm')).toMatchObject({ precision: 7, scale: 2 });
    expect(column(t, 'v')).toMatchObject({
      length: 20,
      charset: 'latin1',
      collation: 'latin1_german1_ci',
      comment: "it's",
    });
    expect(column(t, 'b')).toMatchObject({ length: 9, charset: null });
    expect(column(t, 'bits').length).toBe(5);
    expect(column(t, 'j').json).toBe(true);
    expect(column(t, 'at')).toMatchObject({
      fractionalDigits: 3,
      default: { kind: 'expression', sql: 'CURRENT_TIMESTAMP(3)' },
      onUpdateCurrentTimestamp: true,
    });
    expect(column(t, 'hidden').invisible).toBe(true);
    expect(column(t, 'e').members).toEqual(['a', 'b,c', "it's", '\\', 'x\ny']);
    expect(column(t, 's').members).toEqual(['p', 'q']);
    expect(column(t, 'txt')).toMatchObject({ length: 65535, json: false });
    expect(t.nextAutoIncrement).toBe('1');
  });

  test('defaults are the values themselves', async () => {
    const catalog =
      await catalogOf(`create table t (none varchar(9), text varchar(20) default 'it''s \\\\ "x"',
      null_text varchar(9) default 'NULL', blank varchar(9) default '', face varchar(9) character set utf8mb4 default '😀',
      number int default -3, amount decimal(5,2) default 1.5, bits bit(3) default b'101', raw varbinary(5) default x'00ff27',
      day date default '0000-00-00', member enum('x','it''s') default 'it''s', called varchar(40) default (uuid()))`);
    const defaults = Object.fromEntries(table(catalog, 't').columns.map((c) => [c.name, c.default]));
    const literal = (value: string): unknown => ({ kind: 'literal', value });
    expect(defaults).toEqual({
      none: null,
      text: literal('it\'s \\ "x"'),
      null_text: literal('NULL'),
      blank: literal(''),
      face: literal('😀'),
      number: literal('-3'),
      amount: literal('1.50'),
      bits: literal('101'),
      raw: literal('0x00FF27'),
      day: literal('0000-00-00'),
      member: literal("it's"),
      called: { kind: 'expression', sql: 'uuid()' },
    });
  });

  test('generated columns and checks come with their expressions', async () => {
    const catalog = await catalogOf(`create table t (id int primary key, name varchar(20),
      doubled int generated always as (id * 2) stored, quoted varchar(60) generated always as (concat(name, 'it''s')) virtual,
      constraint \`two words\` check (name <> 'x''y'), check (id > 0))`);
    const t = table(catalog, 't');
    expect(column(t, 'doubled').generated).toMatchObject({
      stored: true,
      expression: expect.stringContaining('`id` * 2'),
    });
    expect(column(t, 'quoted').generated).toMatchObject({
      stored: false,
      expression: expect.stringMatching(/'it\\'s'\)$/),
    });
    const named = t.checks.find(({ name }) => name === 'two words');
    expect(named).toMatchObject({ enforced: true, expression: expect.stringMatching(/`name` <> .*'x\\'y'/) });
    expect(t.checks).toHaveLength(2);
  });

  test('every kind of index comes with its parts', async () => {
    const catalog =
      await catalogOf(`create table t (a int not null, b varchar(300), c int not null, p point not null,
      primary key (c, a), unique key u (a), key prefix (b(10), c) comment 'why', key down (a desc, c), fulltext key words (b),
      spatial key area (p)) engine=InnoDB`);
    const indexes = Object.fromEntries(table(catalog, 't').indexes.map((index) => [index.name, index]));
    const part = (name: string, prefixLength: number | null = null, descending = false): unknown => ({
      column: name,
      expression: null,
      prefixLength,
      descending,
    });
    expect(table(catalog, 't').indexes[0]?.name).toBe('PRIMARY');
    expect(indexes.PRIMARY).toMatchObject({ unique: true, kind: 'btree', parts: [part('c'), part('a')] });
    expect(indexes.u).toMatchObject({ unique: true, parts: [part('a')] });
    expect(indexes.prefix).toMatchObject({
      unique: false,
      comment: 'why',
      parts: [part('b', 10), part('c')],
    });
    expect(indexes.down).toMatchObject({ parts: [part('a', null, true), part('c')] });
    expect(indexes.words).toMatchObject({ kind: 'fulltext', parts: [{ column: 'b', prefixLength: null }] });
    expect(indexes.area).toMatchObject({ kind: 'spatial', parts: [part('p')] });
  });

  test('foreign keys come with their actions, cycles and spelling', async () => {
    const catalog = await catalogOf(
      'create table a (id int, other int, b_id int, primary key (id, other))',
      `create table b (id int primary key, A_id int, A_other int,
        constraint to_a foreign key (A_ID, a_OTHER) references a (ID, Other) on delete cascade on update set null)`,
      'alter table a add constraint to_b foreign key (b_id) references b (id)',
    );
    expect(table(catalog, 'b').foreignKeys).toEqual([
      {
        name: 'to_a',
        columns: ['A_id', 'A_other'],
        referencedDatabase: catalog.database,
        referencedTable: 'a',
        referencedColumns: ['id', 'other'],
        onDelete: 'CASCADE',
        onUpdate: 'SET NULL',
      },
    ]);
    expect(table(catalog, 'a').foreignKeys).toMatchObject([{ name: 'to_b', referencedTable: 'b' }]);
    expect(['RESTRICT', 'NO ACTION']).toContain(table(catalog, 'a').foreignKeys[0]?.onDelete);
  });

  test('a user with nothing but SELECT sees the same tables', async () => {
    await using database = await createSourceDatabase(flavor);
    await database.query(`create table p (id int primary key, raw varbinary(4) default x'ff', check (id > 0));
      create table c (id int primary key, p_id int, constraint \`odd \`\`name\` foreign key (p_id) references p (id)
      on delete set null on update cascade)`);
    const name = database.config.database;
    const user = `u_${name.slice(-8)}`;
    await database.query(`create user ${user} identified by 'x'; grant select on ${name}.* to ${user}`);
    try {
      await using all = await connectToSource(database);
      await using little = await connectToSource(database, { user, password: 'x' });
      const seen = await readSourceCatalog(little, name);
      expect(seen.tables).toEqual((await readSourceCatalog(all, name)).tables);
      expect(table(seen, 'c').foreignKeys).toMatchObject([
        { name: 'odd `name', onDelete: 'SET NULL', onUpdate: 'CASCADE' },
      ]);
    } finally {
      await database.query(`drop user ${user}`);
    }
  });

  test('what does not come along is listed by name', async () => {
    const catalog = await catalogOf(
      'create table t (id int primary key)',
      'create view v as select id from t',
      'create procedure p() select 1',
      'create trigger tr before insert on t for each row set new.id = new.id',
      'create event e on schedule every 1 year do select 1',
      ...(flavor === 'mariadb' ? ['create sequence s'] : []),
    );
    expect(catalog.tables.map(({ name }) => name)).toEqual(['t']);
    expect(catalog.others).toEqual({
      views: ['v'],
      routines: ['p'],
      triggers: ['tr'],
      events: ['e'],
      sequences: flavor === 'mariadb' ? ['s'] : [],
    });
  });

  test('engines, comments, partitions and counters come with the table', async () => {
    const catalog = await catalogOf(
      `create table m (id int auto_increment primary key) engine=MyISAM comment 'it''s' auto_increment=7`,
      'create table parts (id int primary key) partition by hash(id) partitions 3',
      'create table fleeting (id int primary key) engine=MEMORY',
      'insert into m values (null), (null)',
    );
    expect(table(catalog, 'm')).toMatchObject({
      engine: 'MyISAM',
      comment: "it's",
      rowEstimate: 2,
      nextAutoIncrement: '9',
      partitioned: false,
    });
    expect(table(catalog, 'parts').partitioned).toBe(true);
    expect(table(catalog, 'fleeting').indexes[0]).toMatchObject({ name: 'PRIMARY', hashed: true });
  });

  test.runIf(flavor === 'mariadb')('types and tables that only MariaDB has', async () => {
    const catalog = await catalogOf(
      `create table t (id uuid primary key, ip inet6, declared json, checked longtext check (json_valid(checked)),
        more json check (json_valid(more) and more <> ''), by_table longtext, check (json_valid(by_table)),
        long_key blob, unique key hashed (long_key), ignored_key int, key i (ignored_key) ignored)`,
      'create table versioned (id int primary key, x int) with system versioning',
      `create table periods (id int primary key, since timestamp(6) generated always as row start,
        till timestamp(6) generated always as row end, period for system_time(since, till)) with system versioning`,
    );
    const t = table(catalog, 't');
    expect(column(t, 'id').dataType).toBe('uuid');
    expect(t.columns.filter(({ json }) => json).map(({ name }) => name)).toEqual([
      'declared',
      'checked',
      'by_table',
    ]);
    expect(t.checks.map(({ name }) => name)).toEqual(['more']);
    expect(t.indexes.find(({ name }) => name === 'hashed')).toMatchObject({ hashed: true, unique: true });
    expect(t.indexes.find(({ name }) => name === 'i')?.visible).toBe(false);
    expect(table(catalog, 'versioned').columns.map(({ name }) => name)).toEqual(['id', 'x']);
    expect(column(table(catalog, 'periods'), 'since').generated).toBeNull();
  });

  test.runIf(flavor === 'mysql')('types and indexes that only MySQL has', async () => {
    const catalog =
      await catalogOf(`create table t (id int primary key, name varchar(20), doc json, place point not null
      srid 4326, v vector(3), key f ((concat(name, 'it''s'))), key multi ((cast(doc->'$.x' as unsigned array))),
      key unseen (name) invisible, check (id < 5) not enforced)`);
    const t = table(catalog, 't');
    expect(column(t, 'place').srid).toBe(4326);
    expect(column(t, 'v')).toMatchObject({ dataType: 'vector', length: 3 });
    const functional = t.indexes.find(({ name }) => name === 'f');
    expect(functional?.parts).toMatchObject([
      { column: null, expression: "concat(`name`,_utf8mb4'it\\'s')" },
    ]);
    expect(t.indexes.find(({ name }) => name === 'unseen')?.visible).toBe(false);
    expect(t.checks).toMatchObject([{ enforced: false }]);
  });

  test('a database that is not there is named as such, and one that differs in case is another', async () => {
    await using database = await createSourceDatabase(flavor);
    await using source = await connectToSource(database);
    for (const name of ['no such database', database.config.database.toUpperCase()]) {
      await expect(readSourceCatalog(source, name)).rejects.toMatchObject({
        code: 'SOURCE_DATABASE_MISSING',
      });
    }
  });

  test('the cost does not grow by a statement for each table', async () => {
    await using database = await createSourceDatabase(flavor);
    await createTables(database, 200);
    await using source = await connectToSource(database);
    const before = await statementCount(source);
    const catalog = await readSourceCatalog(source, database.config.database);
    expect(catalog.tables).toHaveLength(200);
    expect((await statementCount(source)) - before).toBeLessThan(20);
  });

  test.runIf(hasSakila())('Sakila is read whole', async () => {
    await using database = await createSourceDatabase(flavor);
    await loadSakila(database);
    await using source = await connectToSource(database);
    const catalog = await readSourceCatalog(source, database.config.database);
    const { views, triggers, routines } = catalog.others;
    expect([catalog.tables.length, views.length, triggers.length, routines.length]).toEqual([16, 7, 6, 6]);
    expect(catalog.tables.flatMap(({ foreignKeys }) => foreignKeys)).toHaveLength(22);
    let rows = 0;
    for (const { name } of catalog.tables) {
      const [count] = await source.query<{ n: string }>(`SELECT COUNT(*) AS n FROM \`${name}\``);
      rows += Number(count?.n);
    }
    expect(rows).toBe(47_273);
    const film = table(catalog, 'film');
    expect(column(film, 'rating')).toMatchObject({ members: ['G', 'PG', 'PG-13', 'R', 'NC-17'] });
    expect(column(film, 'release_year').dataType).toBe('year');
    expect(table(catalog, 'film_text').indexes.some(({ kind }) => kind === 'fulltext')).toBe(true);
  });
});

async function createTables(database: SourceDatabase, count: number): Promise<void> {
  const statements = Array.from(
    { length: count },
    (_, i) => `create table t${i} (id int primary key, name varchar(20), key (name))`,
  );
  await database.query(statements.join(';'));
}

async function statementCount(source: { query<Row>(sql: string): Promise<Row[]> }): Promise<number> {
  const [row] = await source.query<{ Value: string }>(`SHOW SESSION STATUS LIKE 'Questions'`);
  return Number(row?.Value);
}
