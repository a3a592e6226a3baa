/**
 * SQL text of the source. Every name and value that goes into a statement passes through here. The results are right
 * in any sql_mode and any connection character set that contains ASCII.
 */

/** A table, column or database name in backticks. */
export function quoteSourceIdentifier(name: string): string {
  return '`' + name.replaceAll('`', '``') + '`';
}

/**
 * A database as GRANT takes it: a pattern, in which `_` and `%` stand for themselves only behind a backslash; or `literal`, the name
 * as it is, for a server with partial_revokes.
 */
export function quoteGrantDatabase(name: string, literal = false): string {
  return quoteSourceIdentifier(literal ? name : name.replaceAll(/[\\_%]/g, '\\$&'));
}

/** A text literal in the connection's character set (utf8mb4). */
export function quoteSourceString(text: string): string {
  // Backslashes mean something or nothing, depending on sql_mode: such text is written in hexadecimal instead.
  if (/^[\x20-\x7e]*$/.test(text) && !/['\\]/.test(text)) return `'${text}'`;
  return hexLiteral(Buffer.from(text, 'utf8'), 'utf8mb4');
}

/** A literal of exactly these bytes: a binary string, or text in `charset`, never converted on the way. */
export function hexLiteral(bytes: Uint8Array, charset?: string): string {
  const hex = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex').toUpperCase();
  return charset === undefined ? `X'${hex}'` : `_${requirePlainWord(charset)} X'${hex}'`;
}

/** Character set and collation names cannot be quoted everywhere; this refuses any that would need it. */
export function requirePlainWord(word: string): string {
  if (!/^[A-Za-z0-9_]+$/.test(word)) throw new TypeError('not the name of a character set or collation');
  return word;
}

/** `'user'@'host'` from what CURRENT_USER() prints: no quotes, and the host is what follows the last @. */
export function quoteAccount(account: string): string {
  const at = account.lastIndexOf('@');
  // Backslashes mean something in a string, depending on sql_mode; in a name they never do.
  const quote = (part: string): string =>
    part.includes('\\') ? quoteSourceIdentifier(part) : `'${part.replaceAll("'", "''")}'`;
  return `${quote(account.slice(0, at))}@${quote(account.slice(at + 1))}`;
}
