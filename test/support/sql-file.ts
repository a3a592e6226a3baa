/**
 * Runs SQL files as the mysql client runs them: dumps and hand-written schemas with DELIMITER, strings, comments and
 * version comments. One statement at a time, so a dump of any size needs the memory of its longest statement.
 */
import { isUtf8 } from 'node:buffer';
import fs from 'node:fs';
import { SqlStatementSplitter } from './sql-statements.ts';

interface SqlRunner {
  query(sql: string): Promise<unknown>;
}

interface RunOptions {
  /** Statements to leave out, such as those that create another database. Gets the statement without its delimiter. */
  skip?: (statement: string) => boolean;
}

/** Runs every statement of the file in order on one connection. Rejects at the first that fails. Returns their number. */
export async function runSqlFile(
  connection: SqlRunner,
  path: string,
  options: RunOptions = {},
): Promise<number> {
  let count = 0;
  const run = async (statements: Iterable<string>): Promise<void> => {
    for (const bytes of statements) {
      const statement = textOf(bytes);
      if (options.skip?.(statement)) continue;
      await connection.query(statement);
      count++;
    }
  };
  const splitter = new SqlStatementSplitter();
  // Dumps hold raw bytes in their strings; latin1 keeps each as one character until the statement is whole.
  for await (const text of fs.createReadStream(path, { encoding: 'latin1', highWaterMark: 1 << 20 })) {
    await run(splitter.push(text as string));
  }
  await run(splitter.end());
  return count;
}

/** For files that name their own database and are to go into another: `runSqlFile(…, { skip: choosesDatabase })`. */
export function choosesDatabase(statement: string): boolean {
  return /^\s*(?:USE\s|(?:CREATE|DROP)\s+(?:DATABASE|SCHEMA)\s)/i.test(statement);
}

const ESCAPES: Readonly<Record<string, string>> = {
  '0': '\0',
  n: '\n',
  r: '\r',
  t: '\t',
  b: '\b',
  Z: '\x1a',
};

/** The statement as text; a string in it that is not UTF-8, such as a picture, becomes a hexadecimal literal. */
function textOf(latin1: string): string {
  const bytes = Buffer.from(latin1, 'latin1');
  if (isUtf8(bytes)) return bytes.toString('utf8');
  const ascii = latin1.replaceAll(/'(?:[^'\\]|\\.|'')*'/gs, (literal) => {
    if (isUtf8(Buffer.from(literal, 'latin1'))) return literal;
    const value = literal
      .slice(1, -1)
      .replaceAll(/\\(.)|''/gs, (_, escaped?: string) =>
        escaped === undefined ? "'" : (ESCAPES[escaped] ?? escaped),
      );
    return `X'${Buffer.from(value, 'latin1').toString('hex')}'`;
  });
  return Buffer.from(ascii, 'latin1').toString('utf8');
}
