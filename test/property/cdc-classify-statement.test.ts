import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { classifyStatement, type StatementContext } from '../../cdc/classify-statement.ts';

const CONTEXT: StatementContext = {
  server: { flavor: 'mysql', versionNumber: 9_07_04 },
  database: 'clinic',
  ansiQuotes: false,
  noBackslashEscapes: false,
};
const quote = (name: string): string => '`' + name.replaceAll('`', '``') + '`';
const name = fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' });
const gap = fc.constantFrom(' ', '\n\t', '/* x */', ' -- y\n', '# DROP TABLE z\n', ' /*!50000 */ ');

describe('classification of statements', () => {
  test('[invariant 6] never throws, and takes no text for more than it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(classifyStatement(text, CONTEXT).kind).toBeTypeOf('string');
        expect(classifyStatement(`ALTER TABLE ${text}`, CONTEXT).kind).toMatch(/^(?:alter-table|unknown)$/);
        expect(classifyStatement(`INSERT ${text}`, CONTEXT).kind).toBe('dml');
      }),
    );
  });

  test('finds any quoted names, whatever stands between the words', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(name, name), { minLength: 1, maxLength: 4 }), gap, (names, space) => {
        const tables = names.map(([database, table]) => ({ database, table }));
        const list = tables.map(({ database, table }) => `${quote(database)}.${quote(table)}`);
        const drop = ['DROP', 'TABLE', list.join(`${space},`)].join(space);
        expect(classifyStatement(drop, CONTEXT)).toMatchObject({ kind: 'drop-table', tables });
        const pairs = list.map((from, at) => `${from}${space}TO${space}${list[(at + 1) % list.length]}`);
        const rename = classifyStatement(`RENAME${space}TABLE${space}${pairs.join(',')}`, CONTEXT);
        expect(rename.renames.map(({ from }) => from)).toEqual(tables);
        expect(rename.renames.at(-1)?.to).toEqual(tables[0]);
      }),
    );
  });

  test('added columns are found behind any default values', () => {
    const text = fc.string({ unit: 'grapheme' }).map((value) => `'${value.replaceAll(/['\\]/g, '\\$&')}'`);
    fc.assert(
      fc.property(fc.array(fc.tuple(name, text), { minLength: 1 }), (columns) => {
        const adds = columns.map(([column, value]) => `ADD ${quote(column)} text DEFAULT (concat(${value}))`);
        const { alterations } = classifyStatement(`ALTER TABLE t ${adds.join(', ')}`, CONTEXT);
        expect(alterations).toMatchObject({
          addedColumns: columns.map(([column]) => ({ name: column })),
          losesColumns: false,
          retypesColumns: false,
          changesRows: false,
        });
      }),
    );
  });
});
