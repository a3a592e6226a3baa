/**
 * What a statement in the binlog is and which tables it concerns. In row format the binlog holds definitions and
 * transaction control as statements, and nothing else; what is not recognised for certain is `unknown`, and whoever asks
 * then stops (invariant 6). Names are as written.
 */
import { noAlterations, readAlterations, type Alterations } from './alter-table.ts';
import { StatementLexer, type LexerMode } from './statement-lexer.ts';
import { readName, readTableName, readTableNames, type TableName } from './table-name.ts';

export type StatementKind =
  | 'transaction'
  | 'savepoint'
  | 'xa'
  /** Changes rows in a way that the binlog does not spell out: INSERT, CALL, CREATE TABLE … SELECT, … */
  | 'dml'
  | 'create-table'
  | 'alter-table'
  | 'drop-table'
  | 'rename-table'
  | 'truncate-table'
  | 'create-index'
  | 'drop-index'
  | 'create-database'
  | 'alter-database'
  | 'drop-database'
  /** Concerns no table that a dump or a reader sees: views, routines, triggers, accounts, temporary tables, upkeep. */
  | 'other'
  | 'unknown';

export interface ClassifiedStatement {
  kind: StatementKind;
  /** Every table whose rows or definition it touches; new names after a RENAME are only in `renames`. */
  tables: TableName[];
  /** In the order in which they happen. */
  renames: { from: TableName; to: TableName }[];
  /** Of an ALTER TABLE, and of a DROP INDEX. */
  alterations: Alterations | null;
  /** A CREATE that does nothing where the table is there. */
  ifNotExists: boolean;
  /** The table that a CREATE TABLE … LIKE copies. */
  like: TableName | null;
  /** Of CREATE, ALTER and DROP DATABASE. */
  database: string | null;
}

export interface StatementContext extends LexerMode {
  /** The session's default database; '' where it had none. */
  database: string;
}

const DML = new Set(
  'INSERT UPDATE DELETE REPLACE LOAD CALL DO SELECT WITH HANDLER VALUES TABLE ('.split(' '),
);
const UPKEEP = new Set('ANALYZE OPTIMIZE REPAIR CHECK'.split(' '));
const ADMINISTRATION = new Set(
  'GRANT REVOKE FLUSH RESET INSTALL UNINSTALL KILL SHUTDOWN PURGE CHANGE'.split(' '),
);
/** Objects that hold no rows of a table. SEQUENCE has its row logged as a row. */
const OTHER_OBJECTS = new Set(
  (
    'VIEW TRIGGER PROCEDURE FUNCTION EVENT USER ROLE SERVER TABLESPACE LOGFILE RESOURCE PACKAGE SEQUENCE LIBRARY ' +
    'INSTANCE CATALOG REFERENCE'
  ).split(' '),
);
const MODIFIERS = new Set(
  'OR REPLACE AGGREGATE ONLINE OFFLINE IGNORE UNIQUE FULLTEXT SPATIAL VECTOR UNDO JSON RELATIONAL DUALITY'.split(
    ' ',
  ),
);

/** Never throws. */
export function classifyStatement(sql: string, context: StatementContext): ClassifiedStatement {
  return classify(new StatementLexer(sql, context), context.database);
}

function classify(lexer: StatementLexer, database: string): ClassifiedStatement {
  const verb = lexer.next().keyword;
  if (DML.has(verb)) return statement('dml');
  if (ADMINISTRATION.has(verb)) return statement('other');
  switch (verb) {
    case 'BEGIN':
    case 'COMMIT':
      return statement('transaction');
    case 'START':
      return statement(lexer.take('TRANSACTION') ? 'transaction' : 'unknown');
    case 'ROLLBACK':
      lexer.take('WORK');
      return statement(lexer.take('TO') ? 'savepoint' : 'transaction');
    case 'SAVEPOINT':
    case 'RELEASE':
      return statement('savepoint');
    case 'SET':
      return classifySet(lexer, database);
    case 'XA':
      return statement('xa');
    case 'CREATE':
      return classifyCreate(lexer, database);
    case 'ALTER':
      return classifyAlter(lexer, database);
    case 'DROP':
      return classifyDrop(lexer, database);
    case 'TRUNCATE': {
      lexer.take('TABLE');
      return onTables('truncate-table', [readTableName(lexer, database)]);
    }
    case 'RENAME':
      return classifyRename(lexer, database);
    default:
      return statement(UPKEEP.has(verb) ? 'other' : 'unknown');
  }
}

/** MariaDB: `SET STATEMENT max_statement_time = 0 FOR ALTER TABLE …` */
function classifySet(lexer: StatementLexer, database: string): ClassifiedStatement {
  if (lexer.take('PASSWORD', 'DEFAULT', 'ROLE')) return statement('other');
  if (!lexer.take('STATEMENT')) return statement('unknown');
  for (let token = lexer.next(); token.kind !== 'end' && token.kind !== 'bad'; token = lexer.next()) {
    if (token.keyword === 'FOR') return classify(lexer, database);
  }
  return statement('unknown');
}

function classifyCreate(lexer: StatementLexer, database: string): ClassifiedStatement {
  const object = readObject(lexer);
  switch (object) {
    case 'TEMPORARY':
      return statement('other');
    case 'TABLE': {
      const ifNotExists = lexer.peek().keyword === 'IF';
      readIfExists(lexer);
      const table = readTableName(lexer, database);
      const copies = lexer.take('LIKE');
      const like = copies ? readTableName(lexer, database) : null;
      if (!copies && selectsRows(lexer)) return statement('dml');
      return { ...onTables('create-table', [table]), ifNotExists, like };
    }
    case 'INDEX':
      return indexStatement('create-index', lexer, database);
    case 'DATABASE':
    case 'SCHEMA':
      return onDatabase('create-database', lexer);
    default:
      return statement(OTHER_OBJECTS.has(object) ? 'other' : 'unknown');
  }
}

function classifyAlter(lexer: StatementLexer, database: string): ClassifiedStatement {
  // MariaDB: rows that a new unique key does not suffer are deleted.
  const ignores = hasIgnore(lexer.fork());
  const object = readObject(lexer);
  if (object === 'DATABASE' || object === 'SCHEMA') return onDatabase('alter-database', lexer);
  if (object !== 'TABLE') return statement(OTHER_OBJECTS.has(object) ? 'other' : 'unknown');
  return alterTable(lexer, database, ignores);
}

function hasIgnore(lexer: StatementLexer): boolean {
  while (MODIFIERS.has(lexer.peek().keyword)) if (lexer.next().keyword === 'IGNORE') return true;
  return false;
}

function alterTable(lexer: StatementLexer, database: string, ignores: boolean): ClassifiedStatement {
  readIfExists(lexer);
  const table = readTableName(lexer, database);
  if (table === null) return statement('unknown');
  if (lexer.take('WAIT')) lexer.next();
  else lexer.take('NOWAIT');
  const alterations = readAlterations(lexer, database);
  if (alterations === null) return statement('unknown');
  if (ignores) alterations.changesRows = true;
  const { renamedTo, partners } = alterations;
  const renames = renamedTo === null ? [] : [{ from: table, to: renamedTo }];
  return statement('alter-table', { tables: [table, ...partners], alterations, renames });
}

function classifyDrop(lexer: StatementLexer, database: string): ClassifiedStatement {
  const object = readObject(lexer);
  switch (object) {
    case 'TEMPORARY':
      return statement('other');
    case 'TABLE':
    case 'TABLES': {
      readIfExists(lexer);
      const tables = readTableNames(lexer, database) ?? [null];
      if (lexer.take('WAIT')) lexer.next();
      else lexer.take('RESTRICT', 'CASCADE', 'NOWAIT');
      return isAtEnd(lexer) ? onTables('drop-table', tables) : statement('unknown');
    }
    case 'INDEX':
      return indexStatement('drop-index', lexer, database);
    case 'DATABASE':
    case 'SCHEMA':
      return onDatabase('drop-database', lexer);
    default:
      return statement(OTHER_OBJECTS.has(object) ? 'other' : 'unknown');
  }
}

function classifyRename(lexer: StatementLexer, database: string): ClassifiedStatement {
  if (lexer.take('USER')) return statement('other');
  if (!lexer.take('TABLE', 'TABLES')) return statement('unknown');
  readIfExists(lexer);
  const renames: ClassifiedStatement['renames'] = [];
  do {
    const from = readTableName(lexer, database);
    if (lexer.take('WAIT')) lexer.next();
    else lexer.take('NOWAIT');
    const to = lexer.take('TO') ? readTableName(lexer, database) : null;
    if (from === null || to === null) return statement('unknown');
    renames.push({ from, to });
  } while (lexer.take(','));
  if (!isAtEnd(lexer)) return statement('unknown');
  return statement('rename-table', { renames, tables: renames.map(({ from }) => from) });
}

/** The word for the object of a CREATE, ALTER or DROP, behind its modifiers and its definer; '' where there is none. */
function readObject(lexer: StatementLexer): string {
  for (;;) {
    const { keyword } = lexer.next();
    if (keyword === 'ALGORITHM' || keyword === 'DEFINER') readAssigned(lexer);
    else if (keyword === 'SQL') {
      lexer.next();
      lexer.next();
    } else if (!MODIFIERS.has(keyword)) return keyword;
  }
}

/** `= UNDEFINED`, `= 'user'@'host'`, `= CURRENT_USER()` */
function readAssigned(lexer: StatementLexer): void {
  lexer.take('=');
  lexer.next();
  if (lexer.take('@')) lexer.next();
  if (lexer.take('(')) lexer.take(')');
}

function readIfExists(lexer: StatementLexer): void {
  if (!lexer.take('IF')) return;
  lexer.take('NOT');
  lexer.take('EXISTS');
}

function indexStatement(
  kind: 'create-index' | 'drop-index',
  lexer: StatementLexer,
  database: string,
): ClassifiedStatement {
  readIfExists(lexer);
  const name = readName(lexer);
  if (lexer.take('USING', 'TYPE')) lexer.next();
  const table = lexer.take('ON') ? readTableName(lexer, database) : null;
  if (name === null || table === null || kind === 'create-index') return onTables(kind, [table]);
  const isPrimary = name.toUpperCase() === 'PRIMARY';
  const alterations = { ...noAlterations(), droppedKeys: [name], losesColumns: isPrimary };
  return statement(isPrimary ? 'alter-table' : kind, { tables: [table], alterations });
}

/** CREATE TABLE … SELECT, TABLE or VALUES: in row format the source writes it as a definition and rows instead. */
function selectsRows(lexer: StatementLexer): boolean {
  for (let depth = 0; ;) {
    const { kind, keyword } = lexer.next();
    if (kind === 'end' || kind === 'bad') return kind === 'bad';
    if (keyword === '(') depth += 1;
    else if (keyword === ')') depth -= 1;
    else if (keyword === 'SELECT') return true;
    else if (depth === 0 && (keyword === 'TABLE' || keyword === 'VALUES')) return true;
  }
}

function onTables(kind: StatementKind, tables: (TableName | null)[]): ClassifiedStatement {
  const known = tables.filter((table) => table !== null);
  return known.length === tables.length ? statement(kind, { tables: known }) : statement('unknown');
}

function onDatabase(kind: StatementKind, lexer: StatementLexer): ClassifiedStatement {
  readIfExists(lexer);
  const database = readName(lexer);
  return database === null ? statement('unknown') : statement(kind, { database });
}

function isAtEnd(lexer: StatementLexer): boolean {
  lexer.take(';');
  return lexer.peek().kind === 'end';
}

function statement(kind: StatementKind, parts: Partial<ClassifiedStatement> = {}): ClassifiedStatement {
  return {
    kind,
    tables: [],
    renames: [],
    alterations: null,
    ifNotExists: false,
    like: null,
    database: null,
    ...parts,
  };
}
