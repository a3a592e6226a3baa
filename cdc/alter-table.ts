/** What an ALTER TABLE does to the rows and columns that the sync reads. */
import { readColumnDefinition, type ColumnDefinition } from './column-definition.ts';
import type { StatementLexer, Token } from './statement-lexer.ts';
import { readTableName, type TableName } from './table-name.ts';

export interface AddedColumn {
  /** As written. */
  name: string;
  /** null where it is not understood. */
  definition: ColumnDefinition | null;
  /** It is added only where there is none of that name. */
  ifNotExists: boolean;
}

export interface Alterations {
  /** In order. */
  addedColumns: AddedColumn[];
  /** Tables that rows are exchanged with. */
  partners: TableName[];
  /** The table's new name, if it got one. */
  renamedTo: TableName | null;
  /** Indexes and constraints that are gone, or go by another name. */
  droppedKeys: string[];
  /** It got a foreign key that changes its rows when others change. */
  addsCascade: boolean;
  /** Columns may have got another type, character set or rule, each under its own name. */
  retypesColumns: boolean;
  /** Columns are gone or have another name, or rows are found by another key. */
  losesColumns: boolean;
  /** Rows came or went with partitions, files, or as duplicates. */
  changesRows: boolean;
}

const NOT_A_COLUMN = new Set(
  'INDEX KEY UNIQUE PRIMARY FULLTEXT SPATIAL VECTOR CONSTRAINT FOREIGN CHECK PARTITION PERIOD SYSTEM'.split(
    ' ',
  ),
);
/** Of a table's indexes and constraints; PRIMARY is not among them, since it is what rows are found by. */
const INDEX_WORDS = new Set('INDEX KEY UNIQUE FULLTEXT SPATIAL VECTOR CONSTRAINT FOREIGN CHECK'.split(' '));
/** Options that change no value: of storage, statistics, and of how the statement is executed. */
const HARMLESS_OPTIONS = new Set(
  (
    'ALGORITHM LOCK FORCE ENABLE DISABLE ENGINE COMMENT AUTO_INCREMENT ROW_FORMAT KEY_BLOCK_SIZE AVG_ROW_LENGTH ' +
    'MAX_ROWS MIN_ROWS STATS_PERSISTENT STATS_AUTO_RECALC STATS_SAMPLE_PAGES CHECKSUM PACK_KEYS DELAY_KEY_WRITE ' +
    'COMPRESSION ENCRYPTION NOWAIT WAIT TABLESPACE'
  ).split(' '),
);
/** Verbs that change rows and leave the columns as they are. */
const ROW_VERBS = new Set(
  'TRUNCATE DISCARD IMPORT COALESCE REORGANIZE REMOVE PARTITION REBUILD EXCHANGE'.split(' '),
);

export function noAlterations(): Alterations {
  return {
    addedColumns: [],
    partners: [],
    renamedTo: null,
    droppedKeys: [],
    addsCascade: false,
    retypesColumns: false,
    losesColumns: false,
    changesRows: false,
  };
}

/** Reads from behind the table's name to the end; null where it is not understood. */
export function readAlterations(lexer: StatementLexer, database: string): Alterations | null {
  const result = noAlterations();
  for (;;) {
    if (lexer.peek().kind === 'end') return result;
    if (!readSpecification(lexer, database, result)) return null;
    const after = skipSpecification(lexer, result);
    if (after.kind === 'bad') return null;
    if (after.kind === 'end' || after.keyword === ';') return result;
  }
}

/** Reads the beginning of one specification, as much as it takes to know what it does. */
function readSpecification(lexer: StatementLexer, database: string, result: Alterations): boolean {
  const verb = lexer.next();
  switch (verb.keyword) {
    case 'ADD':
      return readAdd(lexer, result);
    case 'DROP':
    case 'ALTER':
      readDropOrAlter(lexer, verb.keyword, result);
      return true;
    case 'RENAME':
      return readRename(lexer, database, result);
    case 'EXCHANGE':
    case 'CONVERT':
      return readExchange(lexer, database, result);
    case 'MODIFY':
      result.retypesColumns = true;
      return true;
    case 'CHANGE':
      readChange(lexer, result);
      return true;
    default:
      if (ROW_VERBS.has(verb.keyword)) result.changesRows = true;
      else if (!HARMLESS_OPTIONS.has(verb.keyword)) result.losesColumns = true;
      return verb.kind === 'word';
  }
}

function readDropOrAlter(lexer: StatementLexer, verb: string, result: Alterations): void {
  if (INDEX_WORDS.has(lexer.peek().keyword)) {
    lexer.take('FOREIGN');
    lexer.next();
    const name = readIndexName(lexer);
    // PRIMARY, in quotes, is a name of an index too.
    if (name.toUpperCase() === 'PRIMARY') result.losesColumns = true;
    if (verb === 'DROP') result.droppedKeys.push(name);
    return;
  }
  if (verb === 'DROP') {
    if (lexer.take('PARTITION')) result.changesRows = true;
    else result.losesColumns = true;
    return;
  }
  // ALTER COLUMN c: what later rows get, and what SELECT * shows.
  lexer.take('COLUMN');
  lexer.next();
  const isHarmless = lexer.take('SET')
    ? ['DEFAULT', 'VISIBLE', 'INVISIBLE'].includes(lexer.peek().keyword)
    : lexer.take('DROP') && lexer.peek().keyword === 'DEFAULT';
  if (!isHarmless) result.retypesColumns = true;
}

function readIndexName(lexer: StatementLexer): string {
  if (lexer.take('IF')) lexer.take('EXISTS');
  return lexer.peek().text;
}

/** Under another name the column is another one. */
function readChange(lexer: StatementLexer, result: Alterations): void {
  lexer.take('COLUMN');
  if (lexer.take('IF')) lexer.take('EXISTS');
  const from = lexer.next().text.toLowerCase();
  if (lexer.peek().text.toLowerCase() === from) result.retypesColumns = true;
  else result.losesColumns = true;
}

/** `EXCHANGE PARTITION p WITH TABLE t`, `CONVERT PARTITION p TO TABLE t`, `CONVERT TABLE t TO …`, `CONVERT TO CHARACTER SET` */
function readExchange(lexer: StatementLexer, database: string, result: Alterations): boolean {
  if (lexer.take('PARTITION')) {
    lexer.next();
    if (!lexer.take('WITH', 'TO') || lexer.peek().keyword !== 'TABLE') return false;
  }
  if (!lexer.take('TABLE')) {
    result.losesColumns = true;
    return true;
  }
  result.changesRows = true;
  const partner = readTableName(lexer, database);
  if (partner) result.partners.push(partner);
  return partner !== null;
}

function readAdd(lexer: StatementLexer, result: Alterations): boolean {
  const isColumn = lexer.take('COLUMN');
  const first = lexer.peek();
  if (!isColumn && first.kind === 'word' && NOT_A_COLUMN.has(first.keyword)) {
    lexer.next();
    if (INDEX_WORDS.has(first.keyword)) result.losesColumns ||= readsPrimaryKey(lexer, first);
    else if (first.keyword === 'PARTITION') result.changesRows = true;
    else result.losesColumns = true;
    return true;
  }
  let ifNotExists = false;
  if (lexer.take('IF')) {
    ifNotExists = lexer.take('NOT') && lexer.take('EXISTS');
    if (!ifNotExists) return false;
  }
  if (!lexer.take('(')) return readColumn(lexer, result, ifNotExists);
  do {
    if (lexer.peek().kind === 'word' && NOT_A_COLUMN.has(lexer.peek().keyword)) result.losesColumns = true;
    else if (!readColumn(lexer, result, ifNotExists)) return false;
  } while (skipSpecification(lexer, result).keyword === ',');
  return true;
}

/** `ADD CONSTRAINT c PRIMARY KEY` is no mere constraint. */
function readsPrimaryKey(lexer: StatementLexer, first: Token): boolean {
  if (first.keyword !== 'CONSTRAINT') return false;
  if (lexer.peek().keyword !== 'PRIMARY') lexer.next();
  return lexer.peek().keyword === 'PRIMARY';
}

function readColumn(lexer: StatementLexer, result: Alterations, ifNotExists: boolean): boolean {
  const definition = readColumnDefinition(lexer.fork());
  const name = lexer.next();
  if (name.kind !== 'word' && name.kind !== 'name') return false;
  result.addedColumns.push({ name: name.text, definition, ifNotExists });
  return true;
}

function readRename(lexer: StatementLexer, database: string, result: Alterations): boolean {
  if (lexer.take('INDEX', 'KEY')) {
    result.droppedKeys.push(lexer.peek().text);
    return true;
  }
  if (lexer.take('COLUMN')) {
    result.losesColumns = true;
    return true;
  }
  lexer.take('TO', 'AS', '=');
  result.renamedTo = readTableName(lexer, database);
  return result.renamedTo !== null;
}

/**
 * Takes what is left up to the next comma or closing parenthesis of this level, or to the end, and gives that. Notes on the way the
 * action of a foreign key, wherever it stands.
 */
function skipSpecification(lexer: StatementLexer, result: Alterations): Token {
  let isReference = false;
  for (let depth = 0; ;) {
    const token = lexer.next();
    if (token.kind === 'end' || token.kind === 'bad') return token;
    if (token.keyword === 'REFERENCES') isReference = true;
    else if (isReference && (token.keyword === 'CASCADE' || token.keyword === 'SET'))
      result.addsCascade = true;
    else if (token.keyword === '(') depth += 1;
    else if (depth === 0 && [',', ')', ';'].includes(token.keyword)) return token;
    else if (token.keyword === ')') depth -= 1;
  }
}
