/**
 * A column's definition as it stands in a statement. What is not understood to its end is not understood at all: the reader
 * gives null then, and whoever asked has to do without (invariant 6).
 */
import type { StatementLexer } from './statement-lexer.ts';

/** A DEFAULT as it was written; an expression is anything that is no plain value, the current time too. */
export type DefaultClause =
  | { kind: 'null' }
  | { kind: 'text'; text: string }
  /** Digits with sign, point and exponent as written; TRUE is 1. */
  | { kind: 'number'; text: string }
  | { kind: 'bits'; digits: string }
  | { kind: 'hex'; digits: string }
  | { kind: 'expression' };

export interface ColumnDefinition {
  name: string;
  /** In lower case, without its brackets; synonyms are replaced. */
  type: string;
  /** What stood in the brackets: numbers. */
  numbers: number[];
  /** Of an ENUM or SET. */
  members: string[] | null;
  unsigned: boolean;
  charset: string | null;
  collation: string | null;
  /** null where nothing was said. */
  nullable: boolean | null;
  default: DefaultClause | null;
  onUpdateNow: boolean;
  autoIncrement: boolean;
  generated: boolean;
  invisible: boolean;
  comment: string;
  place: 'last' | 'first' | { after: string };
}

const SYNONYMS: Readonly<Record<string, string>> = {
  integer: 'int',
  dec: 'decimal',
  numeric: 'decimal',
  fixed: 'decimal',
};
const TYPES = new Set(
  (
    'tinyint smallint mediumint int bigint decimal float double bit bool boolean char varchar binary varbinary tinytext text ' +
    'mediumtext longtext tinyblob blob mediumblob longblob enum set json date datetime timestamp time year'
  ).split(' '),
);
const NUMBER = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i;

/** Reads from the column's name to the comma, bracket or end behind its definition, which it leaves. */
export function readColumnDefinition(lexer: StatementLexer): ColumnDefinition | null {
  const name = readName(lexer);
  const word = lexer.next();
  const type = SYNONYMS[word.text.toLowerCase()] ?? word.text.toLowerCase();
  if (name === null || word.kind !== 'word' || !TYPES.has(type)) return null;
  const isBoolean = type === 'bool' || type === 'boolean';
  const definition: ColumnDefinition = {
    name,
    type: isBoolean ? 'tinyint' : type,
    numbers: isBoolean ? [1] : [],
    members: null,
    unsigned: false,
    charset: null,
    collation: null,
    nullable: null,
    default: null,
    onUpdateNow: false,
    autoIncrement: false,
    generated: false,
    invisible: false,
    comment: '',
    place: 'last',
  };
  if (type === 'double') lexer.take('PRECISION');
  if (lexer.take('(') && !readBrackets(lexer, definition)) return null;
  for (;;) {
    const { kind, keyword } = lexer.peek();
    if (kind === 'end' || keyword === ',' || keyword === ')' || keyword === ';') return definition;
    if (!readAttribute(lexer, definition)) return null;
  }
}

function readBrackets(lexer: StatementLexer, definition: ColumnDefinition): boolean {
  const hasMembers = definition.type === 'enum' || definition.type === 'set';
  if (hasMembers) definition.members = [];
  do {
    const { kind, text } = lexer.next();
    if (hasMembers) {
      if (kind !== 'string') return false;
      definition.members!.push(text);
    } else {
      if (kind !== 'word' || !/^\d{1,10}$/.test(text)) return false;
      definition.numbers.push(Number(text));
    }
  } while (lexer.take(','));
  return lexer.take(')');
}

function readAttribute(lexer: StatementLexer, definition: ColumnDefinition): boolean {
  const { keyword } = lexer.next();
  switch (keyword) {
    case 'SIGNED':
      return true;
    case 'UNSIGNED':
    case 'ZEROFILL':
      definition.unsigned = true;
      return true;
    case 'CHARACTER':
      return lexer.take('SET') && readInto(lexer, (name) => (definition.charset = name));
    case 'CHARSET':
      return readInto(lexer, (name) => (definition.charset = name));
    case 'COLLATE':
      return readInto(lexer, (name) => (definition.collation = name));
    case 'NOT':
      definition.nullable = false;
      return lexer.take('NULL');
    case 'NULL':
      definition.nullable = true;
      return true;
    case 'DEFAULT':
      definition.default = readDefault(lexer);
      return definition.default !== null;
    case 'ON':
      definition.onUpdateNow = true;
      return lexer.take('UPDATE') && readCall(lexer);
    case 'AUTO_INCREMENT':
      definition.autoIncrement = true;
      return true;
    case 'INVISIBLE':
      definition.invisible = true;
      return true;
    case 'VISIBLE':
      return true;
    case 'COMMENT': {
      const { kind, text } = lexer.next();
      definition.comment = text;
      return kind === 'string' && lexer.peek().kind !== 'string';
    }
    case 'UNIQUE':
      lexer.take('KEY');
      return true;
    case 'CHECK':
      return skipBrackets(lexer);
    case 'GENERATED':
      definition.generated = true;
      return lexer.take('ALWAYS') && lexer.take('AS') && skipBrackets(lexer);
    case 'AS':
      definition.generated = true;
      return skipBrackets(lexer);
    case 'VIRTUAL':
    case 'STORED':
    case 'PERSISTENT':
      return definition.generated;
    case 'FIRST':
      definition.place = 'first';
      return true;
    case 'AFTER':
      return readInto(lexer, (name) => (definition.place = { after: name }));
    default:
      return false;
  }
}

/** null where it is not understood. */
function readDefault(lexer: StatementLexer): DefaultClause | null {
  const { kind, text, keyword } = lexer.next();
  if (kind === 'string') return lexer.peek().kind === 'string' ? null : { kind: 'text', text };
  if (keyword === 'NULL') return { kind: 'null' };
  if (keyword === 'TRUE' || keyword === 'FALSE')
    return { kind: 'number', text: keyword === 'TRUE' ? '1' : '0' };
  if (keyword === 'B' || keyword === 'X') {
    const { kind: what, text: digits } = lexer.next();
    if (what !== 'string') return null;
    return keyword === 'B' ? { kind: 'bits', digits } : { kind: 'hex', digits };
  }
  if (/^0x[\da-f]+$/i.test(text)) return { kind: 'hex', digits: text.slice(2) };
  if (/^0b[01]+$/.test(text)) return { kind: 'bits', digits: text.slice(2) };
  if (keyword === '(') return skipToClosing(lexer) ? { kind: 'expression' } : null;
  if (keyword === '-' || keyword === '+' || keyword === '.' || /^\d/.test(text))
    return readNumber(lexer, text);
  if (kind !== 'word' || text.startsWith('_')) return null;
  return lexer.peek().keyword === '(' && !skipBrackets(lexer) ? null : { kind: 'expression' };
}

/** A number of which the lexer makes up to four tokens. */
function readNumber(lexer: StatementLexer, first: string): DefaultClause | null {
  let text = first;
  if (first === '-' || first === '+') text += lexer.next().text;
  if (text.endsWith('.')) text += lexer.next().text;
  else if (lexer.take('.')) text += `.${/^\d/.test(lexer.peek().text) ? lexer.next().text : ''}`;
  // The sign of an exponent is a token of its own.
  if (/\de$/i.test(text)) text += lexer.next().text + lexer.next().text;
  return NUMBER.test(text) ? { kind: 'number', text } : null;
}

/** `CURRENT_TIMESTAMP`, `NOW(3)` */
function readCall(lexer: StatementLexer): boolean {
  if (lexer.next().kind !== 'word') return false;
  return lexer.peek().keyword !== '(' || skipBrackets(lexer);
}

function skipBrackets(lexer: StatementLexer): boolean {
  return lexer.take('(') && skipToClosing(lexer);
}

function skipToClosing(lexer: StatementLexer): boolean {
  for (let depth = 1; depth > 0;) {
    const { kind, keyword } = lexer.next();
    if (kind === 'end' || kind === 'bad') return false;
    if (keyword === '(') depth += 1;
    else if (keyword === ')') depth -= 1;
  }
  return true;
}

function readInto(lexer: StatementLexer, take: (name: string) => void): boolean {
  const { kind, text } = lexer.next();
  take(text);
  return kind === 'word' || kind === 'name' || kind === 'string';
}

function readName(lexer: StatementLexer): string | null {
  const { kind, text } = lexer.next();
  return kind === 'word' || kind === 'name' ? text : null;
}
