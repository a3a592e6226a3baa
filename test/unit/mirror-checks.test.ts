import { describe, expect, it } from 'vitest';
import { translateCheck, type TranslatableColumn } from '../../src/profiles/mirror/ddl/check-translation.ts';

const column = (name: string, type: string, collation: string | null = null): TranslatableColumn => ({
  sourceName: name,
  name: name.toLowerCase(),
  type,
  collation,
});
const columns = [
  column('Age', 'integer'),
  column('name', 'character varying(20)', 'latin1_swedish_ci'),
  column('code', 'text', 'utf8mb4_0900_bin'),
  column('at', 'timestamp(0) with time zone'),
  column('day', 'date'),
  column('doc', 'jsonb'),
  column('raw', 'bytea'),
];

describe('the translation of a CHECK', () => {
  it.each([
    ['`Age` >= 18', '("age" >= 18)'],
    ['AGE >= 18', '("age" >= 18)'],
    ["`name` in ('A','É')", "(lower(rtrim(\"name\")) = ANY (ARRAY['a', lower('É')]))"],
    ["`code` in ('A','b')", "(\"code\" = ANY (ARRAY['A', 'b']))"],
    ["`code` = _utf8mb4'it''s'", "(\"code\" = 'it''s')"],
    ['json_valid(`doc`) and `Age` > 0', '("age" > 0)'],
    ['`raw` is not null', '("raw" IS NOT NULL)'],
    ['`at` = `at`', '("at" = "at")'],
  ])('of %s is %s', (source, sql) => {
    expect(translateCheck(source, columns)).toEqual({ sql, alwaysTrue: false });
  });

  it('of a JSON check on jsonb is always true: the type says it already', () => {
    expect(translateCheck('(json_valid(`doc`))', columns)).toEqual({ sql: 'true', alwaysTrue: true });
  });

  it.each([
    ['`Age` / 2 > 1', '/ is not understood at its place'],
    ['`name` || `code`', '|| is not understood at its place'],
    ["`name` regexp 'x'", 'regexp is not understood at its place'],
    ['`Age` xor 1', 'xor is not understood at its place'],
    ["concat(`name`,'x') = 'ax'", 'the function concat() has no safe translation here'],
    ['json_valid(`code`)', 'the function json_valid() has no safe translation here'],
    ["`name` < 'M'", 'it relies on the order of a collation'],
    ["`Age` = 'old'", 'it compares values of different types'],
    ['`name` > 5', 'it compares values of different types'],
    ["`at` > '2020-01-01'", 'it compares values of different types'],
    ["`day` > '0000-00-00'", 'it compares values of different types'],
    ["`day` > '2021-02-29'", 'it compares values of different types'],
    ['`Age` % `Age` = 0', 'a remainder by something that may be 0'],
    ['`Age` in (1, null)', 'NULL is compared as a value'],
    ['`gone` > 1', 'it names something that is no column of the table'],
    ['`name`', 'a value that is no number is taken for a truth'],
    ["cast(`Age` as char) = '1'", ') is missing'],
    ['`Age` > @x', 'it has a sign that is not understood'],
    ["`code` = 'open", 'it has a sign that is not understood'],
    ['', 'a value is missing or not understood'],
    ['case when `Age` then 1 end', 'when is not understood at its place'],
    ["`code` = 'a\\0b'", 'a string has the character U+0000'],
  ])('of %s is given up: %s', (source, reason) => {
    expect(translateCheck(source, columns)).toEqual({ reason });
  });
});
