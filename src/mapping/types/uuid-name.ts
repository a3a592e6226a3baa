/**
 * The name that a UUIDv5 is made of: one column as it is; of several, each behind its length in bytes (`3:abc,1:d,`, a
 * netstring), so that no two keys have the same name whatever they contain. null where a column is NULL.
 */
export function uuidName(parts: readonly (Buffer | null)[]): Buffer | null {
  if (parts.length === 1) return parts[0]!;
  const joined: Buffer[] = [];
  for (const part of parts) {
    if (part === null) return null;
    joined.push(Buffer.from(`${part.length}:`), part, COMMA);
  }
  return Buffer.concat(joined);
}

const COMMA = Buffer.from(',');
