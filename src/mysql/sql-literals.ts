/**
 * Reads SQL text as the servers print it in information_schema: quotes doubled, and the characters that would not
 * show escaped with a backslash.
 */

const ESCAPES: Readonly<Record<string, string>> = {
  '0': '\0',
  n: '\n',
  r: '\r',
  t: '\t',
  b: '\b',
  Z: '\x1a',
};

/** The text of a literal that starts with a quote at `at`, and where the text after its closing quote begins. */
function readQuoted(sql: string, at: number): { text: string; end: number } {
  let text = '';
  for (let i = at + 1; i < sql.length; i++) {
    const char = sql[i] as string;
    if (char === "'" && sql[i + 1] !== "'") return { text, end: i + 1 };
    if (char === "'") i++;
    if (char === '\\') {
      const escaped = sql[++i] ?? '';
      text += ESCAPES[escaped] ?? escaped;
    } else {
      text += char;
    }
  }
  throw new SyntaxError('a quoted literal without an end');
}

/** The text of `'it''s'`, or null when it is not one quoted literal from end to end. */
export function unquote(sql: string): string | null {
  if (!sql.startsWith("'")) return null;
  const { text, end } = readQuoted(sql, 0);
  return end === sql.length ? text : null;
}

/** The members of `enum('a','b,c')` or `set(…)`, in order. Throws SyntaxError on anything else. */
export function parseMembers(columnType: string): string[] {
  const members: string[] = [];
  let at = columnType.indexOf('(');
  if (at < 0) throw new SyntaxError('no list of members');
  do {
    if (columnType[++at] !== "'") throw new SyntaxError('a member without quotes');
    const { text, end } = readQuoted(columnType, at);
    members.push(text);
    at = end;
  } while (columnType[at] === ',');
  if (columnType[at] !== ')') throw new SyntaxError('a list of members without an end');
  return members;
}

/** MySQL 8 shows expressions as if they stood in a literal themselves: `concat(_utf8mb4\'a\')`. */
export function unescapeExpression(sql: string): string {
  return sql.replaceAll(/\\(.)/gs, (_, char: string) => ESCAPES[char] ?? char);
}
