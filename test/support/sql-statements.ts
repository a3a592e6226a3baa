type State = 'code' | 'string' | 'line comment' | 'comment';

/** No token that the splitter looks for is longer, apart from the line of a DELIMITER command. */
const LOOKAHEAD = 32;

/** What cannot start or end anything, by quote; the fast way through a dump. */
const PLAIN: Readonly<Record<string, RegExp>> = { "'": /[^'\\]+/y, '"': /[^"\\]+/y, '`': /[^`]+/y };
const WORDS = /[A-Za-z0-9_(),.=]+/y;
const DELIMITER = /delimiter[ \t]+/iy;
const VERSION_COMMENT = /\/\*M?!/y;

/**
 * Cuts SQL text that comes in pieces into statements, without their delimiters, as the mysql client does. Comments
 * that stand alone are dropped, those inside a statement kept; a version comment, which starts with an exclamation
 * mark, is code that no delimiter cuts.
 */
export class SqlStatementSplitter {
  #text = '';
  #at = 0;
  #start = 0;
  #state: State = 'code';
  #quote = '';
  /** Nothing but space since #start. */
  #blank = true;
  #inVersionComment = false;
  #delimiter = ';';

  /** The statements that end in what was given so far. */
  *push(text: string): Generator<string> {
    this.#text = this.#text.slice(this.#start) + text;
    this.#at -= this.#start;
    this.#start = 0;
    yield* this.#scan(this.#text.length - LOOKAHEAD, false);
  }

  /** The last statement, where no delimiter follows it. */
  *end(): Generator<string> {
    yield* this.#scan(this.#text.length, true);
    const rest = this.#text.slice(this.#start).trim();
    if (rest && !this.#blank) yield rest;
  }

  *#scan(end: number, final: boolean): Generator<string> {
    while (this.#at < end) {
      if (this.#state !== 'code') {
        this.#passQuotedOrComment();
      } else if (this.#blank && this.#matches(DELIMITER)) {
        const line = this.#text.indexOf('\n', this.#at);
        if (line < 0 && !final) return;
        this.#delimiter = this.#text.slice(DELIMITER.lastIndex, line < 0 ? undefined : line).trim() || ';';
        this.#restart(line < 0 ? this.#text.length : line + 1);
      } else if (!this.#inVersionComment && this.#text.startsWith(this.#delimiter, this.#at)) {
        const statement = this.#text.slice(this.#start, this.#at).trim();
        this.#restart(this.#at + this.#delimiter.length);
        if (statement) yield statement;
      } else {
        this.#passCode();
      }
    }
  }

  #passCode(): void {
    const char = this.#text[this.#at] ?? '';
    if (/\s/.test(char)) {
      this.#at += 1;
    } else if (
      char === '#' ||
      (char === '-' && /^--(?:\s|$)/.test(this.#text.slice(this.#at, this.#at + 3)))
    ) {
      this.#state = 'line comment';
    } else if (this.#matches(VERSION_COMMENT)) {
      this.#inVersionComment = true;
      this.#blank = false;
      this.#at = VERSION_COMMENT.lastIndex;
    } else if (this.#text.startsWith('/*', this.#at)) {
      this.#state = 'comment';
      this.#at += 2;
    } else {
      this.#blank = false;
      if (char in PLAIN) {
        this.#state = 'string';
        this.#quote = char;
        this.#at += 1;
      } else if (this.#inVersionComment && this.#text.startsWith('*/', this.#at)) {
        this.#inVersionComment = false;
        this.#at += 2;
      } else {
        this.#at = this.#matches(WORDS) ? WORDS.lastIndex : this.#at + 1;
      }
    }
  }

  #passQuotedOrComment(): void {
    if (this.#state === 'string') {
      const plain = PLAIN[this.#quote] as RegExp;
      const char = this.#text[this.#at];
      if (this.#matches(plain)) this.#at = plain.lastIndex;
      else if (char === '\\') this.#at += 2;
      else {
        // A doubled quote leaves the string and enters it again, which comes to the same.
        this.#state = 'code';
        this.#at += 1;
      }
      return;
    }
    const closing = this.#state === 'comment' ? '*/' : '\n';
    const found = this.#text.indexOf(closing, this.#at);
    // Half of the closing mark may be at the end of this piece.
    const after = found < 0 ? this.#text.length - closing.length + 1 : found + closing.length;
    this.#at = Math.max(this.#at, after);
    if (found >= 0) this.#state = 'code';
    if (this.#blank) this.#start = this.#at;
  }

  #restart(at: number): void {
    this.#at = this.#start = at;
    this.#blank = true;
  }

  #matches(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    return pattern.test(this.#text);
  }
}
