/**
 * Brings SQL of a plan and SQL that PostgreSQL prints back into one form. PostgreSQL adds casts and parentheses and
 * picks its own spelling of operators; all of that is taken away. Two texts that mean the same come out equal; two that
 * differ only in grouping by parentheses come out equal too, which is the price for not needing a parser of SQL.
 */

type Token = { kind: 'word' | 'name' | 'string' | 'number' | 'symbol'; text: string };

const TOKEN =
  /\s+|(?<string>(?:[EBXebx]|U&)?'(?:[^'\\]|''|\\.)*')|(?<name>"(?:[^"]|"")*")|(?<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?<word>[\p{L}_][\p{L}\p{N}_$]*)|(?<symbol>::|<>|!=|<=|>=|\|\||!~~|~~|<@|[^\s])/suy;

/** Words that may follow the first one of a type's name. */
const TYPE_WORDS = new Set(['varying', 'precision', 'without', 'with', 'time', 'zone']);

export function normalizeSql(sql: string): string {
  const tokens = renameOperators(dropCastsAndParentheses(tokenize(sql)));
  return tokens.map((token) => (token.kind === 'string' ? JSON.stringify(token.text) : token.text)).join(' ');
}

function tokenize(sql: string): Token[] {
  const tokens: Token[] = [];
  for (const match of sql.matchAll(new RegExp(TOKEN.source, TOKEN.flags.replace('y', 'g')))) {
    const groups = match.groups ?? {};
    if (groups['string'] !== undefined) tokens.push(...stringTokens(groups['string']));
    else if (groups['name'] !== undefined) {
      tokens.push({ kind: 'name', text: groups['name'].slice(1, -1).replaceAll('""', '"') });
    } else if (groups['number'] !== undefined)
      tokens.push({ kind: 'number', text: plainNumber(groups['number']) });
    else if (groups['word'] !== undefined) tokens.push({ kind: 'word', text: groups['word'].toLowerCase() });
    else if (groups['symbol'] !== undefined) tokens.push({ kind: 'symbol', text: groups['symbol'] });
  }
  return tokens;
}

/** PostgreSQL prints negative and cast numbers as strings: those become numbers again. */
function stringTokens(text: string): Token[] {
  const start = text.indexOf("'");
  const isEscaped = text.slice(0, start).toUpperCase() === 'E';
  let value = text.slice(start + 1, -1).replaceAll("''", "'");
  if (isEscaped) value = value.replace(/\\(.)/gs, '$1');
  const number = /^(-?)(\d+(?:\.\d+)?)$/.exec(value);
  if (number === null) return [{ kind: 'string', text: plainJson(value) }];
  const digits: Token = { kind: 'number', text: plainNumber(number[2]!) };
  return number[1] === '' ? [digits] : [{ kind: 'symbol', text: '-' }, digits];
}

/** Without exponent and leading zeros: 1.5e-3 as 0.0015, 1e20 with its twenty zeros. */
function plainNumber(text: string): string {
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const point = whole.length + Number(exponent);
  const digits = (whole + fraction).padStart(whole.length + fraction.length + Math.max(0, -point), '0');
  const at = Math.max(point, 0);
  const padded = digits.padEnd(at, '0');
  const decimals = padded.slice(at);
  return `${padded.slice(0, at).replace(/^0+(?=\d)/, '') || '0'}${decimals && `.${decimals}`}`;
}

/** jsonb prints its values with blanks and keys in its own order. */
function plainJson(text: string): string {
  if (!/^[[{]/.test(text)) return text;
  try {
    return JSON.stringify(sortKeys(JSON.parse(text)));
  } catch {
    return text;
  }
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([k, v]) => [k, sortKeys(v)]),
  );
}

function dropCastsAndParentheses(tokens: readonly Token[]): Token[] {
  const kept: Token[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at]!;
    if (isSymbol(token, '::')) at = endOfType(tokens, at + 1) - 1;
    else if (!isSymbol(token, '(') && !isSymbol(token, ')')) kept.push(afterNextval(kept, token));
  }
  return kept;
}

/** The sequence of nextval() is a string that holds a name, quoted only where it must be. */
function afterNextval(kept: readonly Token[], token: Token): Token {
  const before = kept.at(-1);
  if (token.kind !== 'string' || before?.text !== 'nextval') return token;
  return { kind: 'string', text: token.text.replaceAll('"', '') };
}

function endOfType(tokens: readonly Token[], start: number): number {
  let at = start + 1;
  while (isSymbol(tokens[at], '.')) at += 2;
  for (;;) {
    const token = tokens[at];
    if (token?.kind === 'word' && TYPE_WORDS.has(token.text)) at++;
    else if (isSymbol(token, '[')) at += 2;
    else if (isSymbol(token, '(')) while (!isSymbol(tokens[at++], ')'));
    else return at;
  }
}

function renameOperators(tokens: readonly Token[]): Token[] {
  const renamed: Token[] = [];
  for (const token of tokens) {
    if (token.kind === 'word' && token.text === 'like') {
      const last = renamed.at(-1);
      const negated = last?.kind === 'word' && last.text === 'not';
      if (negated) renamed.pop();
      renamed.push({ kind: 'symbol', text: negated ? '!~~' : '~~' });
    } else renamed.push(isSymbol(token, '!=') ? { kind: 'symbol', text: '<>' } : token);
  }
  return renamed;
}

function isSymbol(token: Token | undefined, text: string): boolean {
  return token?.kind === 'symbol' && token.text === text;
}
