import { expect, test } from 'vitest';
import { SqlStatementSplitter } from '../support/sql-statements.ts';

function split(text: string): string[] {
  const splitter = new SqlStatementSplitter();
  return [...splitter.push(text), ...splitter.end()];
}

test('delimiters in strings, names and comments cut nothing', () => {
  expect(split(`select ';', "a;\\";", \`b;\` /* c; */ ; -- d;\nselect 'it''s;';`)).toEqual([
    `select ';', "a;\\";", \`b;\` /* c; */`,
    `select 'it''s;'`,
  ]);
});

test('DELIMITER changes what cuts, until it changes back', () => {
  expect(
    split('select 1;\nDELIMITER //\ncreate procedure p() begin select 1; end//\ndelimiter ;\nselect 2'),
  ).toEqual(['select 1', 'create procedure p() begin select 1; end', 'select 2']);
});

test('version comments are code, and stay whole', () => {
  expect(split("/*!40101 SET NAMES utf8 */;\n/*!50003 CREATE TRIGGER t BEGIN SET x=';'; END */;")).toEqual([
    '/*!40101 SET NAMES utf8 */',
    "/*!50003 CREATE TRIGGER t BEGIN SET x=';'; END */",
  ]);
});

test('comments that stand alone, and empty statements, are dropped', () => {
  expect(split('-- one\n# two\n/* three; */;;\n--\nselect 5-- 3\n;\n-- end')).toEqual(['select 5-- 3']);
});

test('two minus signs without a space after them are no comment', () => {
  expect(split('select 5--3; select 1')).toEqual(['select 5--3', 'select 1']);
});
