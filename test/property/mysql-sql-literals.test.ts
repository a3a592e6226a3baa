import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseMembers, unescapeExpression, unquote } from '../../src/mysql/sql-literals.ts';
import { SqlStatementSplitter } from '../support/sql-statements.ts';

const awkward = fc.string({
  unit: fc.oneof(
    fc.constantFrom("'", '\\', ',', '(', ')', '\n', '\r', '\0', ' ', '"', '%'),
    fc.string({ minLength: 1, maxLength: 1 }),
  ),
});

/** As both servers print a string: their function append_unescaped(). */
function print(text: string): string {
  const escapes: Record<string, string> = { '\0': '\\0', '\n': '\\n', '\r': '\\r', '\\': '\\\\', "'": "''" };
  return `'${text.replaceAll(/[\0\n\r\\']/g, (char) => escapes[char] ?? char)}'`;
}

test('the members of any ENUM or SET come back as they were declared', () => {
  fc.assert(
    fc.property(fc.constantFrom('enum', 'set'), fc.array(awkward, { minLength: 1 }), (type, members) => {
      expect(parseMembers(`${type}(${members.map(print).join(',')})`)).toEqual(members);
    }),
  );
});

test('any quoted default comes back as it was declared', () => {
  fc.assert(
    fc.property(awkward, (text) => {
      expect(unquote(print(text))).toBe(text);
    }),
  );
});

test('any expression comes back from the escapes of information_schema', () => {
  const escapes: Record<string, string> = { '\0': '\\0', '\n': '\\n', '\r': '\\r', '\\': '\\\\', "'": "\\'" };
  fc.assert(
    fc.property(awkward, (text) => {
      const shown = text.replaceAll(/[\0\n\r\\']/g, (char) => escapes[char] ?? char);
      expect(unescapeExpression(shown)).toBe(text);
    }),
  );
});

test('a file is cut into the same statements wherever its pieces end', () => {
  const fragment = fc.constantFrom(
    'select 1',
    "'a;b'",
    '"c;;\\"d"',
    '`e;f`',
    '-- g;\n',
    '# h;\n',
    '/* i; */',
    '/*!40101 j;k */',
    ';',
    ';;',
    '\nDELIMITER ;;\n',
    '\ndelimiter ;\n',
    ' ',
    '\n',
  );
  const split = (pieces: string[]): string[] => {
    const splitter = new SqlStatementSplitter();
    return [...pieces.flatMap((piece) => [...splitter.push(piece)]), ...splitter.end()];
  };
  fc.assert(
    fc.property(fc.array(fragment, { maxLength: 30 }), fc.array(fc.nat(200)), (fragments, cuts) => {
      const text = fragments.join('');
      const ends = [0, ...cuts.filter((cut) => cut < text.length).sort((a, b) => a - b), text.length];
      const pieces = ends.slice(1).map((end, i) => text.slice(ends[i], end));
      expect(split(pieces)).toEqual(split([text]));
    }),
    { numRuns: 1000 },
  );
});
