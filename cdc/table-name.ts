import type { StatementLexer } from './statement-lexer.ts';

/** As written: whether case matters is for the source's lower_case_table_names to say. */
export interface TableName {
  database: string;
  table: string;
}

/** `t`, `d.t` or `.t`, quoted or not; null where none stands here, or no database is known for it. */
export function readTableName(lexer: StatementLexer, defaultDatabase: string): TableName | null {
  lexer.take('.');
  const first = readName(lexer);
  if (first === null) return null;
  if (!lexer.take('.')) return defaultDatabase === '' ? null : { database: defaultDatabase, table: first };
  const table = readName(lexer);
  return table === null ? null : { database: first, table };
}

/** `a, b.c, d`; null where one of them cannot be read. */
export function readTableNames(lexer: StatementLexer, defaultDatabase: string): TableName[] | null {
  const names: TableName[] = [];
  do {
    const name = readTableName(lexer, defaultDatabase);
    if (name === null) return null;
    names.push(name);
  } while (lexer.take(','));
  return names;
}

export function readName(lexer: StatementLexer): string | null {
  const { kind, text } = lexer.next();
  return kind === 'word' || kind === 'name' ? text : null;
}
