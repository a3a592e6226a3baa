import { describe, expect, test } from 'vitest';
import { classifyStatement, type StatementContext } from '../../cdc/classify-statement.ts';
import { columnOf, withColumn } from '../../src/sync/schema/added-column.ts';
import { fillValue } from '../../src/sync/schema/fill-value.ts';
import { recognizeSwap } from '../../src/sync/schema/rename-swap.ts';
import { losesCascade, losesRowKey } from '../../src/sync/schema/lost-keys.ts';
import { sourceColumn, sourceForeignKey, sourceIndex, sourceTable } from '../support/source-catalog.ts';

const CONTEXT: StatementContext = {
  server: { flavor: 'mariadb', versionNumber: 10_11_19 },
  database: 'clinic',
  ansiQuotes: false,
  noBackslashEscapes: false,
};
const TABLE = sourceTable('t', [sourceColumn('id', 'int'), sourceColumn('b', 'text')], {
  collation: 'latin1_swedish_ci',
});

function alterationsOf(specification: string, ansiQuotes = false) {
  return classifyStatement(`ALTER TABLE t ${specification}`, { ...CONTEXT, ansiQuotes }).alterations;
}

/** What the rows that are there get; `?` where it cannot be told. */
function filled(definition: string): string | null {
  const added = alterationsOf(`ADD c ${definition}`)?.addedColumns[0]?.definition;
  const column = added && columnOf(added, TABLE, 'mariadb');
  if (!column) return '?';
  const value = fillValue(added, column);
  return value === undefined
    ? '?'
    : value && (/binary|blob|bit/.test(column.dataType) ? value.toString('hex') : value.toString());
}

/** [invariant 6]: a value is told only where the statement alone tells it. */
test.each([
  ['INT', null],
  ['INT NULL DEFAULT NULL', null],
  ['INT NOT NULL', '0'],
  ['INT DEFAULT 7', '7'],
  ["INT DEFAULT '-7'", '-7'],
  ['TINYINT DEFAULT 128', '?'],
  ['TINYINT UNSIGNED DEFAULT 255', '255'],
  ['BOOLEAN NOT NULL DEFAULT TRUE', '1'],
  ['INT DEFAULT 1.5', '?'],
  ['INT DEFAULT (1 + 2)', '?'],
  ['INT DEFAULT (rand() * 9)', '?'],
  ['BIGINT UNSIGNED DEFAULT 18446744073709551615', '18446744073709551615'],
  ['DECIMAL(6,2) DEFAULT 1.5', '1.50'],
  ['DECIMAL(6,2) NOT NULL', '0.00'],
  ['DECIMAL(6,2) DEFAULT -0', '0.00'],
  ['DECIMAL(6,2) DEFAULT 1.555', '?'],
  ['DECIMAL DEFAULT 12', '12'],
  ['DOUBLE PRECISION DEFAULT 2.50', '2.5'],
  ['DOUBLE DEFAULT 1e3', '?'],
  ['FLOAT DEFAULT 0.1', '?'],
  ['FLOAT DEFAULT 0.5', '0.5'],
  ["VARCHAR(9) DEFAULT 'it''s'", "it's"],
  ["VARCHAR(9) DEFAULT 'a\\\\b\\n'", 'a\\b\n'],
  ['VARCHAR(9) DEFAULT "x"', 'x'],
  ["VARCHAR(9) DEFAULT 'ä'", '?'],
  ["VARCHAR(9) CHARACTER SET utf8mb4 DEFAULT 'ä'", 'ä'],
  ["VARCHAR(9) DEFAULT 'a' 'b'", '?'],
  ["VARCHAR(9) DEFAULT _utf8mb4'a'", '?'],
  ["CHAR(5) DEFAULT 'a  '", 'a'],
  ['CHAR(5) NOT NULL', ''],
  ['VARCHAR(9) DEFAULT uuid()', '?'],
  ['VARCHAR(9) CHARACTER SET binary', '?'],
  ["ENUM('a','b,)') NOT NULL", 'a'],
  ["ENUM('a','b,)') DEFAULT 'b,)'", 'b,)'],
  ["ENUM('a','b') DEFAULT 'B'", '?'],
  ["SET('a','b') DEFAULT 'b,a'", '?'],
  ["SET('a','b') DEFAULT 'a,b'", 'a,b'],
  ["DATE DEFAULT '2020-02-03'", '2020-02-03'],
  ["DATE DEFAULT '20-2-3'", '?'],
  ['DATE NOT NULL', '0000-00-00'],
  ["DATETIME(3) DEFAULT '2020-02-03 04:05:06.5'", '2020-02-03 04:05:06.500'],
  ["DATETIME DEFAULT '2020-02-03 04:05:06.5'", '?'],
  ['DATETIME DEFAULT CURRENT_TIMESTAMP', '?'],
  ['DATETIME(3) DEFAULT NOW(3) ON UPDATE NOW(3)', '?'],
  ['DATETIME NULL ON UPDATE CURRENT_TIMESTAMP', null],
  ['TIMESTAMP', '?'],
  ['TIMESTAMP NULL', null],
  ["TIMESTAMP NULL DEFAULT '2020-02-03 04:05:06'", '?'],
  ["TIME(1) DEFAULT '-01:02:03'", '-01:02:03.0'],
  ['YEAR DEFAULT 1999', '1999'],
  ['YEAR DEFAULT 99', '?'],
  ["BIT(9) DEFAULT b'101'", '0005'],
  ['BIT(1) NOT NULL', '00'],
  ["BINARY(3) DEFAULT x'0a'", '0a0000'],
  ['VARBINARY(3) DEFAULT 0x0aff', '0aff'],
  ['BLOB', null],
  ['JSON', null],
  ['JSON NOT NULL', '?'],
  ['INT AS (id + 1)', '?'],
  ['INT GENERATED ALWAYS AS (id + (1)) STORED', '?'],
  ['INT AUTO_INCREMENT', '?'],
  ['GEOMETRY', '?'],
  ['SERIAL', '?'],
  ['INT FROBNICATED', '?'],
  ["INT COMMENT 'a, b' CHECK (c > 1) INVISIBLE", null],
])('a column added as %s fills rows with %s', (definition, expected) => {
  expect(filled(definition)).toBe(expected);
});

test('an added column has its place, its type and its character set', () => {
  const [first, second] = alterationsOf(
    'ADD a VARCHAR(7) FIRST, ADD `c,` MEDIUMTEXT COLLATE utf8_bin AFTER ID',
  )!.addedColumns;
  const one = columnOf(first!.definition!, TABLE, 'mysql')!;
  const other = columnOf(second!.definition!, TABLE, 'mysql')!;
  expect(one).toMatchObject({
    dataType: 'varchar',
    length: 7,
    charset: 'latin1',
    columnType: 'varchar(7)',
    nullable: true,
  });
  expect(other).toMatchObject({ dataType: 'mediumtext', length: 16_777_215, charset: 'utf8mb3' });
  const table = withColumn(
    withColumn(TABLE, one, first!.definition!.place)!,
    other,
    second!.definition!.place,
  )!;
  expect(table.columns.map(({ name }) => name)).toEqual(['a', 'id', 'c,', 'b']);
  expect(withColumn(TABLE, one, { after: 'nowhere' })).toBeNull();
});

describe('[invariant 6] what an ALTER TABLE does beside its columns', () => {
  test.each([
    ['ADD CONSTRAINT f FOREIGN KEY (b) REFERENCES u (id) ON DELETE CASCADE', { addsCascade: true }],
    ['ADD c INT REFERENCES u (id) ON UPDATE SET NULL', { addsCascade: true }],
    ['ADD FOREIGN KEY (b) REFERENCES u (id) ON DELETE RESTRICT', { addsCascade: false }],
    ["ADD c ENUM('CASCADE') COMMENT 'REFERENCES x ON DELETE CASCADE'", { addsCascade: false }],
    ['DROP FOREIGN KEY IF EXISTS `f`, DROP KEY k, DROP CONSTRAINT c', { droppedKeys: ['f', 'k', 'c'] }],
    ['RENAME KEY k TO l', { droppedKeys: ['k'] }],
    ['CHANGE a A BIGINT', { retypesColumns: true, losesColumns: false }],
    ['CHANGE COLUMN a b INT', { losesColumns: true }],
    ['MODIFY a BIGINT', { retypesColumns: true }],
    [
      'ALTER a SET DEFAULT 5, ALTER COLUMN b DROP DEFAULT, ALTER INDEX i INVISIBLE',
      { retypesColumns: false, losesColumns: false },
    ],
    ['DROP PARTITION p1', { changesRows: true }],
    ['TRUNCATE PARTITION ALL', { changesRows: true }],
    ['/*!80000 DROP b */', { losesColumns: false }],
    ['/*!50001 DROP b */', { losesColumns: true }],
    ['/*M!100500 DROP */ b', { losesColumns: true }],
    ['ADD -- c INT,\n d INT', { addedColumns: [{ name: 'd' }] }],
    ['ADD COLUMN IF NOT EXISTS `a``b` INT', { addedColumns: [{ name: 'a`b', ifNotExists: true }] }],
  ])('%s', (specification, expected) => {
    expect(alterationsOf(specification)).toMatchObject(expected);
  });

  test('names in double quotes are names where the mode says so', () => {
    expect(alterationsOf('ADD "c d" INT DEFAULT 1', true)!.addedColumns[0]).toMatchObject({
      name: 'c d',
      definition: { default: { kind: 'number', text: '1' } },
    });
  });

  test('ALTER IGNORE deletes rows that a new key does not suffer, and says nothing of it', () => {
    const ignoring = classifyStatement('ALTER ONLINE IGNORE TABLE t ADD UNIQUE (b)', CONTEXT);
    expect(ignoring.alterations?.changesRows).toBe(true);
    expect(classifyStatement('ALTER TABLE t ADD UNIQUE (b)', CONTEXT).alterations?.changesRows).toBe(false);
  });

  test('CREATE TABLE tells whether the table may be there, and which it copies', () => {
    const like = classifyStatement('CREATE TABLE IF NOT EXISTS x.`u` LIKE `t`', CONTEXT);
    expect(like).toMatchObject({
      kind: 'create-table',
      ifNotExists: true,
      like: { database: 'clinic', table: 't' },
    });
    expect(classifyStatement('CREATE TABLE u (a int)', CONTEXT)).toMatchObject({
      ifNotExists: false,
      like: null,
    });
  });
});

test.each([
  ['RENAME /* gh-ost */ TABLE `t` TO `_t_del`, `_t_gho` TO `t`', 'gh-ost'],
  ['RENAME TABLE t TO _t_20261125040000_del, _t_gho TO t', 'gh-ost'],
  [
    'RENAME TABLE `clinic`.`t` TO `clinic`.`_t_old`, `clinic`.`_t_new` TO `clinic`.`t`',
    'pt-online-schema-change',
  ],
  ['RENAME TABLE t TO __t_old, ___t_new TO t', 'pt-online-schema-change'],
  ['RENAME TABLE t TO t_old, t_new TO t', undefined],
  ['RENAME TABLE t TO _t_old, _u_new TO t', undefined],
  ['RENAME TABLE t TO x._t_old, x._t_new TO t', undefined],
  ['RENAME TABLE t TO _t_old, _t_new TO t, u TO v', undefined],
  ['RENAME TABLE _t_new TO t', undefined],
])('%s is a swap of %s', (sql, tool) => {
  expect(recognizeSwap(classifyStatement(sql, CONTEXT))?.tool).toBe(tool);
});

test('a unique key that rows are found by, and a foreign key that changes rows, are missed when they go', () => {
  const keyed = sourceTable(
    't',
    [sourceColumn('a', 'int', { nullable: false }), sourceColumn('b', 'int', { nullable: false })],
    {
      indexes: [sourceIndex('ua', ['a'], { unique: true }), sourceIndex('ub', ['b', 'a'], { unique: true })],
      foreignKeys: [
        sourceForeignKey('f', ['b'], 'u', ['id'], { onDelete: 'CASCADE' }),
        sourceForeignKey('g', ['b'], 'u', ['id']),
      ],
    },
  );
  expect(losesRowKey(keyed, ['UA'])).toBe(true);
  expect(losesRowKey(keyed, ['ub'])).toBe(false);
  expect(losesRowKey({ ...keyed, indexes: [sourceIndex('PRIMARY', ['a']), ...keyed.indexes] }, ['ua'])).toBe(
    false,
  );
  expect(losesCascade(keyed, ['F'])).toBe(true);
  expect(losesCascade(keyed, ['g', 'ua'])).toBe(false);
});
