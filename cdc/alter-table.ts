/** What an ALTER TABLE does to the rows and columns that the sync reads. */
import type { StatementLexer, Token } from './statement-lexer.ts';
import { readTableName, type TableName } from './table-name.ts';

export interface Alterations {
  /** Columns that were added, in order, under the names as written. */
  addedColumns: string[];
  /** Tables that rows are exchanged with. */
  partners: TableName[];
  /** The table's new name, if it got one. */
  renamedTo: TableName | null;
  /** Anything else than added columns, a new name, and what concerns neither columns nor rows (indexes, options). */
  changesMore: boolean;
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

/** Reads from behind the table's name to the end; null where it is not understood. */
export function readAlterations(lexer: StatementLexer, database: string): Alterations | null {
  const result: Alterations = { addedColumns: [], partners: [], renamedTo: null, changesMore: false };
  for (;;) {
    if (lexer.peek().kind === 'end') return result;
    if (!readSpecification(lexer, database, result)) return null;
    const after = skipSpecification(lexer);
    if (after.kind === 'bad') return null;
    if (after.kind === 'end' || after.keyword === ';') return result;
  }
}

/** Reads the beginning of one specification, as much as it takes to know what it does. */
function readSpecification(lexer: StatementLexer, database: string, result: Alterations): boolean {
  const verb = lexer.next();
  if (verb.keyword === 'ADD') return readAdd(lexer, result);
  if (verb.keyword === 'RENAME') return readRename(lexer, database, result);
  if (verb.keyword === 'EXCHANGE' || verb.keyword === 'CONVERT') return readExchange(lexer, database, result);
  const isIndex = ['DROP', 'ALTER'].includes(verb.keyword) && INDEX_WORDS.has(lexer.peek().keyword);
  if (isIndex) {
    lexer.take('FOREIGN');
    lexer.next();
    // PRIMARY, in quotes, is a name of an index too.
    if (readIndexName(lexer) === 'PRIMARY') result.changesMore = true;
  } else if (!HARMLESS_OPTIONS.has(verb.keyword)) result.changesMore = true;
  return verb.kind === 'word';
}

function readIndexName(lexer: StatementLexer): string {
  if (lexer.take('IF')) lexer.take('EXISTS');
  return lexer.peek().text.toUpperCase();
}

/** `EXCHANGE PARTITION p WITH TABLE t`, `CONVERT PARTITION p TO TABLE t`, `CONVERT TABLE t TO …`, `CONVERT TO CHARACTER SET` */
function readExchange(lexer: StatementLexer, database: string, result: Alterations): boolean {
  result.changesMore = true;
  if (lexer.take('PARTITION')) {
    lexer.next();
    if (!lexer.take('WITH', 'TO') || lexer.peek().keyword !== 'TABLE') return false;
  }
  if (!lexer.take('TABLE')) return true;
  const partner = readTableName(lexer, database);
  if (partner) result.partners.push(partner);
  return partner !== null;
}

function readAdd(lexer: StatementLexer, result: Alterations): boolean {
  const isColumn = lexer.take('COLUMN');
  const first = lexer.peek();
  if (!isColumn && first.kind === 'word' && NOT_A_COLUMN.has(first.keyword)) {
    lexer.next();
    if (INDEX_WORDS.has(first.keyword)) result.changesMore ||= readsPrimaryKey(lexer, first);
    else result.changesMore = true;
    return true;
  }
  if (lexer.take('IF') && !(lexer.take('NOT') && lexer.take('EXISTS'))) return false;
  if (!lexer.take('(')) return readColumn(lexer, result);
  do {
    if (lexer.peek().kind === 'word' && NOT_A_COLUMN.has(lexer.peek().keyword)) result.changesMore = true;
    else if (!readColumn(lexer, result)) return false;
  } while (skipSpecification(lexer).keyword === ',');
  return true;
}

/** `ADD CONSTRAINT c PRIMARY KEY` is no mere constraint. */
function readsPrimaryKey(lexer: StatementLexer, first: Token): boolean {
  if (first.keyword !== 'CONSTRAINT') return false;
  if (lexer.peek().keyword !== 'PRIMARY') lexer.next();
  return lexer.peek().keyword === 'PRIMARY';
}

function readColumn(lexer: StatementLexer, result: Alterations): boolean {
  const name = lexer.next();
  if (name.kind !== 'word' && name.kind !== 'name') return false;
  result.addedColumns.push(name.text);
  return true;
}

function readRename(lexer: StatementLexer, database: string, result: Alterations): boolean {
  if (lexer.take('INDEX', 'KEY')) return true;
  if (lexer.take('COLUMN')) {
    result.changesMore = true;
    return true;
  }
  lexer.take('TO', 'AS', '=');
  result.renamedTo = readTableName(lexer, database);
  return result.renamedTo !== null;
}

/** Takes what is left up to the next comma or closing parenthesis of this level, or to the end, and gives that. */
function skipSpecification(lexer: StatementLexer): Token {
  for (let depth = 0; ;) {
    const token = lexer.next();
    if (token.kind === 'end' || token.kind === 'bad') return token;
    if (token.keyword === '(') depth += 1;
    else if (depth === 0 && [',', ')', ';'].includes(token.keyword)) return token;
    else if (token.keyword === ')') depth -= 1;
  }
}
