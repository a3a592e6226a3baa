import fc from 'fast-check';
import { expect, it } from 'vitest';
import { quoteLiteral } from '../../src/postgres/identifiers.ts';
import { parseSourceExpression, Untranslatable } from '../../src/profiles/mirror/ddl/source-expression.ts';
import { translateCheck } from '../../src/profiles/mirror/ddl/check-translation.ts';
import { createTargetDatabase } from '../support/databases.ts';

const words = fc.constantFrom(
  '`a`',
  'a',
  'AND',
  'or',
  'not',
  'in',
  '(',
  ')',
  ',',
  '1',
  "'x'",
  '=',
  '<=>',
  'is',
  'null',
  '-',
);
const columns = [{ sourceName: 'a', name: 'a', type: 'integer', collation: null }];

it('any text is translated or given up, and never takes the program down', () => {
  const sources = fc.oneof(
    fc.string(),
    fc.array(words, { maxLength: 15 }).map((list) => list.join(' ')),
  );
  fc.assert(
    fc.property(sources, (source) => {
      const translation = translateCheck(source, columns);
      expect('sql' in translation || 'reason' in translation).toBe(true);
    }),
  );
});

it('a string of the source is read as it was written', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (value) => {
      const written = `'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
      expect(parseSourceExpression(written)).toEqual({ kind: 'string', value });
    }),
  );
});

it('unfinished expressions are refused, not thrown about', () => {
  for (const source of ['(', 'a in', 'a between 1', 'a is', "'", '`', 'f(', 'not']) {
    expect(() => parseSourceExpression(source)).toThrow(Untranslatable);
  }
});

it('a quoted literal is the same text to PostgreSQL, whatever it holds', async () => {
  await using target = await createTargetDatabase();
  const text = fc.string({ unit: 'grapheme', maxLength: 30 }).filter((value) => !value.includes('\0'));
  const nasty = fc.oneof(
    text,
    fc.array(fc.constantFrom("'", '\\', '"', '$', '\n', 'a')).map((list) => list.join('')),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(nasty, { minLength: 1, maxLength: 20 }), async (values) => {
      for (const setting of ['on', 'off']) {
        await target.query(`SET standard_conforming_strings = ${setting}`).catch(() => undefined);
        const rows = await target.query<{ list: string[] }>(
          `SELECT ARRAY[${values.map(quoteLiteral).join(', ')}]::text[] AS list`,
        );
        expect(rows[0]!.list).toEqual(values);
      }
    }),
    { numRuns: 30 },
  );
});
