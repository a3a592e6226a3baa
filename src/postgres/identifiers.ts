/** Quotes an identifier for PostgreSQL. Always quotes, so that no list of reserved words is needed. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A name with its schema. Everything is written this way: sessions run with an empty search_path. */
export function qualified(schema: string, name: string): string {
  return `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`;
}

/**
 * Quotes text as a literal that means the same whatever standard_conforming_strings says. U+0000 cannot be written in
 * SQL at all: the caller has to exclude it.
 */
export function quoteLiteral(text: string): string {
  const quoted = `'${text.replaceAll("'", "''")}'`;
  return text.includes('\\') ? `E${quoted.replaceAll('\\', '\\\\')}` : quoted;
}
