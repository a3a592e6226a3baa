/**
 * Words, names and strings of a statement as the source's own lexer sees them. Reads no further than it is asked to, so
 * that what follows the interesting part (the body of a routine) need not be understood.
 */
import type { SourceServer } from '../src/mysql/server-version.ts';

/** What the meaning of a statement's characters depends on, besides the characters. */
export interface LexerMode {
  server: Pick<SourceServer, 'flavor' | 'versionNumber'>;
  /** sql_mode ANSI_QUOTES: "x" is a name. */
  ansiQuotes: boolean;
  /** sql_mode NO_BACKSLASH_ESCAPES. */
  noBackslashEscapes: boolean;
}

export interface Token {
  /** `bad` is a string, name or comment without an end; nothing follows it but `end`. */
  kind: 'word' | 'name' | 'string' | 'symbol' | 'bad' | 'end';
  /** Without quotes; of a word as it was written. */
  text: string;
  /** Of a word in upper case, of a symbol itself, else ''. */
  keyword: string;
}

const END: Token = { kind: 'end', text: '', keyword: '' };
const BAD: Token = { kind: 'bad', text: '', keyword: '' };
/** What a backslash makes of the character behind it; others stay what they are. */
const ESCAPES: Readonly<Record<string, string>> = {
  '0': '\0',
  b: '\b',
  n: '\n',
  r: '\r',
  t: '\t',
  Z: '\x1a',
  '%': '\\%',
  _: '\\_',
};
// Numbers count as words: after a dot they can be names.
const WORD = /[\w$\u0080-\uffff]+/y;
const VERSION = /\d{5,6}/y;

export class StatementLexer {
  readonly #sql: string;
  readonly #mode: LexerMode;
  #at = 0;
  /** Inside a comment that the server executes. */
  #inExecuted = false;
  #peeked: Token | null = null;

  constructor(sql: string, mode: LexerMode) {
    this.#sql = sql;
    this.#mode = mode;
  }

  /** Another reader from here on, which leaves this one where it is. */
  fork(): StatementLexer {
    const fork = new StatementLexer(this.#sql, this.#mode);
    fork.#at = this.#at;
    fork.#inExecuted = this.#inExecuted;
    fork.#peeked = this.#peeked;
    return fork;
  }

  peek(): Token {
    return (this.#peeked ??= this.#read());
  }

  next(): Token {
    const token = this.peek();
    this.#peeked = null;
    return token;
  }

  /** Takes the next token if it is this unquoted word or symbol. */
  take(...keywords: string[]): boolean {
    if (!keywords.includes(this.peek().keyword)) return false;
    this.next();
    return true;
  }

  #read(): Token {
    if (!this.#skipBlanks()) return this.#fail();
    const start = this.#sql[this.#at];
    if (start === undefined) return this.#inExecuted ? this.#fail() : END;
    if (start === "'" || start === '`' || start === '"') return this.#readQuoted(start);
    WORD.lastIndex = this.#at;
    const word = WORD.exec(this.#sql)?.[0];
    if (word !== undefined) {
      this.#at += word.length;
      return { kind: 'word', text: word, keyword: word.toUpperCase() };
    }
    this.#at += 1;
    return { kind: 'symbol', text: start, keyword: start };
  }

  #readQuoted(quote: string): Token {
    const isName = quote === '`' || (quote === '"' && this.#mode.ansiQuotes);
    const hasEscapes = !isName && !this.#mode.noBackslashEscapes;
    let text = '';
    for (let at = this.#at + 1; at < this.#sql.length; at += 1) {
      const char = this.#sql[at] ?? '';
      if (char === quote) {
        if (this.#sql[at + 1] !== quote) {
          this.#at = at + 1;
          return { kind: isName ? 'name' : 'string', text, keyword: '' };
        }
        at += 1;
      } else if (char === '\\' && hasEscapes) {
        const escaped = this.#sql[(at += 1)] ?? '';
        text += ESCAPES[escaped] ?? escaped;
        continue;
      }
      text += this.#sql[at] ?? '';
    }
    return this.#fail();
  }

  /** Blanks and comments; false where a comment has no end. */
  #skipBlanks(): boolean {
    for (;;) {
      const rest = this.#sql.slice(this.#at, this.#at + 3);
      if (/^\s/.test(rest)) this.#at += 1;
      else if (rest[0] === '#' || (rest.startsWith('--') && (rest[2] ?? ' ') <= ' ')) this.#skipLine();
      else if (rest.startsWith('*/') && this.#inExecuted) {
        this.#at += 2;
        this.#inExecuted = false;
      } else if (rest.startsWith('/*')) {
        if (!this.#skipComment()) return false;
      } else return true;
    }
  }

  #skipLine(): void {
    const end = this.#sql.indexOf('\n', this.#at);
    this.#at = end < 0 ? this.#sql.length : end + 1;
  }

  #skipComment(): boolean {
    const { server } = this.#mode;
    const isMariadbOnly = this.#sql.startsWith('M!', this.#at + 2);
    const isConditional = this.#sql[this.#at + 2] === '!' || (isMariadbOnly && server.flavor === 'mariadb');
    if (!isConditional) return this.#skipTo(this.#at + 2, false);
    const bodyAt = this.#at + (isMariadbOnly ? 4 : 3);
    VERSION.lastIndex = bodyAt;
    const digits = VERSION.exec(this.#sql)?.[0] ?? '';
    if (!isExecuted(Number(digits || 0), isMariadbOnly, server)) return this.#skipTo(bodyAt, true);
    if (this.#inExecuted) return false;
    this.#inExecuted = true;
    this.#at = bodyAt + digits.length;
    return true;
  }

  /** To behind the end of a comment. One that is not executed may hold plain comments. */
  #skipTo(from: number, mayNest: boolean): boolean {
    for (let at = from; ;) {
      const end = this.#sql.indexOf('*/', at);
      if (end < 0) return false;
      const inner = mayNest ? this.#sql.indexOf('/*', at) : -1;
      if (inner < 0 || inner > end) {
        this.#at = end + 2;
        return true;
      }
      const innerEnd = this.#sql.indexOf('*/', inner + 2);
      if (innerEnd < 0) return false;
      at = innerEnd + 2;
    }
  }

  #fail(): Token {
    this.#at = this.#sql.length;
    this.#inExecuted = false;
    return BAD;
  }
}

/** MariaDB skips the numbers that only a MySQL newer than their common root can mean. */
function isExecuted(version: number, isMariadbOnly: boolean, server: LexerMode['server']): boolean {
  const isMysqlOnly = version >= 50_700 && version <= 99_999 && server.flavor === 'mariadb' && !isMariadbOnly;
  return !isMysqlOnly && version <= server.versionNumber;
}
