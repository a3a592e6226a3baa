/** Splits an expression of MySQL or MariaDB, as their catalogs print it, into tokens. */

export type SourceToken =
  | { kind: 'number'; text: string }
  | { kind: 'string'; value: string }
  /** A word or a name; `quoted` in backticks, so never a keyword. */
  | { kind: 'word'; text: string; quoted: boolean }
  | { kind: 'symbol'; text: string };

const SYMBOLS = [
  '<=>',
  '<>',
  '!=',
  '<=',
  '>=',
  '&&',
  '||',
  '<',
  '>',
  '=',
  '+',
  '-',
  '*',
  '/',
  '%',
  '!',
  '(',
  ')',
  ',',
];
const NUMBER = /^(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/;
const WORD = /^[\p{L}_$][\p{L}\p{N}_$]*/u;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', Z: '\x1a', 0: '\0' };

/** The tokens, or null where something is met that this grammar does not have. */
export function tokenizeSource(text: string): SourceToken[] | null {
  const tokens: SourceToken[] = [];
  let at = 0;
  while (at < text.length) {
    const rest = text.slice(at);
    const character = text[at]!;
    if (/\s/.test(character)) {
      at++;
    } else if (character === "'" || character === '"') {
      const string = readString(text, at, character);
      if (string === null) return null;
      dropIntroducer(tokens);
      tokens.push({ kind: 'string', value: string.value });
      at = string.end;
    } else if (character === '`') {
      const end = closingBacktick(text, at);
      if (end < 0) return null;
      tokens.push({ kind: 'word', text: text.slice(at + 1, end).replaceAll('``', '`'), quoted: true });
      at = end + 1;
    } else {
      const match =
        NUMBER.exec(rest)?.[0] ?? WORD.exec(rest)?.[0] ?? SYMBOLS.find((symbol) => rest.startsWith(symbol));
      if (match === undefined) return null;
      tokens.push(plainToken(match));
      at += match.length;
    }
  }
  return tokens;
}

function plainToken(text: string): SourceToken {
  if (NUMBER.test(text)) return { kind: 'number', text };
  return WORD.test(text) ? { kind: 'word', text, quoted: false } : { kind: 'symbol', text };
}

/** A character set before a string, `_utf8mb4'x'`, says how the source would read its bytes; here it is text already. */
function dropIntroducer(tokens: SourceToken[]): void {
  const last = tokens.at(-1);
  if (last?.kind === 'word' && !last.quoted && last.text.startsWith('_')) tokens.pop();
}

function readString(text: string, start: number, quote: string): { value: string; end: number } | null {
  let value = '';
  for (let at = start + 1; at < text.length; at++) {
    const character = text[at]!;
    if (character === '\\') {
      const next = text[++at];
      if (next === undefined) return null;
      value += ESCAPES[next] ?? next;
    } else if (character !== quote) value += character;
    else if (text[at + 1] === quote) {
      value += quote;
      at++;
    } else return { value, end: at + 1 };
  }
  return null;
}

function closingBacktick(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] !== '`') continue;
    if (text[at + 1] !== '`') return at;
    at++;
  }
  return -1;
}
