import { expect, test } from 'vitest';
import type { SourceColumn, SourceIndex, SourceTable } from '../../src/mysql/catalog-model.ts';
import {
  boundSelectList,
  nextBoundStatement,
  rangeableKeyColumns,
  rangePredicate,
} from '../../src/mysql/key-range.ts';
import { sourceColumn, sourceIndex, sourceTable } from '../support/source-catalog.ts';

function column(name: string, dataType: string, changes: Partial<SourceColumn> = {}): SourceColumn {
  return sourceColumn(name, dataType, { nullable: false, ...changes });
}

function index(name: string, columns: string[], changes: Partial<SourceIndex> = {}): SourceIndex {
  return sourceIndex(name, columns, { unique: true, ...changes });
}

function table(columns: SourceColumn[], indexes: SourceIndex[]): SourceTable {
  return sourceTable('t', columns, { indexes });
}

const a = column('a', 'int');
const b = column('b`', 'varchar', { charset: 'latin1', collation: 'latin1_swedish_ci', length: 20 });

test('a range of one column', () => {
  expect(rangePredicate([a], ['1'], ['9'])).toBe('`a` > 1 AND `a` <= 9');
  expect(rangePredicate([a], null, ['9'])).toBe('`a` <= 9');
  expect(rangePredicate([a], ['1'], null)).toBe('`a` > 1');
  expect(rangePredicate([a], null, null)).toBe('TRUE');
});

test('a range of two columns limits the leading one too, and text keeps its character set and collation', () => {
  expect(rangePredicate([a, b], ['1', '41'], ['2', '42'])).toBe(
    "`a` >= 1 AND (`a` > 1 OR (`a` = 1 AND `b``` > _latin1 X'41' COLLATE latin1_swedish_ci)) AND " +
      "`a` <= 2 AND (`a` < 2 OR (`a` = 2 AND `b``` <= _latin1 X'42' COLLATE latin1_swedish_ci))",
  );
});

test('bounds that share their leading value are a range of the rest', () => {
  expect(rangePredicate([a, column('c', 'int')], ['1', '5'], ['1', '7'])).toBe(
    '`a` = 1 AND `c` > 5 AND `c` <= 7',
  );
});

test('a bound that is not of the type of its column never gets into the SQL', () => {
  for (const bound of ['1 OR TRUE', "'", '0x10', '', '--1']) {
    expect(() => rangePredicate([a], [bound], null)).toThrow(RangeError);
  }
  expect(() => rangePredicate([b], ["41' OR '"], null)).toThrow(RangeError);
  expect(() => rangePredicate([column('d', 'date')], ["2020-01-01' OR '1"], null)).toThrow(RangeError);
  expect(() => rangePredicate([a, b], ['1'], null)).toThrow(RangeError);
});

test('keys are selected as texts, text columns as their own bytes', () => {
  expect(boundSelectList([a, b])).toBe('CAST(`a` AS CHAR) AS `0`, HEX(CAST(`b``` AS BINARY)) AS `1`');
});

test('the next bound is looked up in the index that the columns are from', () => {
  const t = table([column('id', 'int'), column('u', 'int')], [index('by u', ['u'])]);
  expect(nextBoundStatement(t, rangeableKeyColumns(t), ['3'], 100)).toBe(
    'SELECT CAST(`u` AS CHAR) AS `0` FROM `t` FORCE INDEX (`by u`) WHERE `u` > 3 ORDER BY `u` LIMIT 1 OFFSET 99',
  );
});

test('the primary key comes before any unique key, and the narrow unique key before the wide', () => {
  const columns = [column('p', 'varchar', { charset: 'utf8mb4', collation: 'utf8mb4_bin', length: 99 }), a];
  const names = (...indexes: SourceIndex[]): string[] =>
    rangeableKeyColumns(table(columns, indexes)).map(({ name }) => name);
  expect(names(index('u', ['a']), index('PRIMARY', ['p']))).toEqual(['p']);
  expect(names(index('w', ['p']), index('u', ['a']))).toEqual(['a']);
  expect(names(index('w', ['a'], { unique: false }))).toEqual([]);
  expect(names(index('w', ['a'], { visible: false }))).toEqual([]);
  expect(names(index('w', ['a'], { hashed: true }))).toEqual([]);
});

test('a CHAR key without padding is no range in MariaDB, whose index pads it', () => {
  const key = (dataType: string, collation: string): number => {
    const k = column('k', dataType, { charset: 'utf8mb4', collation, length: 9 });
    return rangeableKeyColumns(table([k], [index('PRIMARY', ['k'])])).length;
  };
  expect(key('char', 'utf8mb4_nopad_bin')).toBe(0);
  expect(key('varchar', 'utf8mb4_nopad_bin')).toBe(1);
  expect(key('char', 'utf8mb4_general_ci')).toBe(1);
  expect(key('char', 'utf8mb4_0900_ai_ci')).toBe(1);
});

test('types without an exact order in literals end the key', () => {
  for (const dataType of ['float', 'double', 'enum', 'set', 'bit', 'json', 'point']) {
    const t = table([a, column('x', dataType)], [index('PRIMARY', ['a', 'x'])]);
    expect(rangeableKeyColumns(t).map(({ name }) => name)).toEqual(['a']);
  }
});
