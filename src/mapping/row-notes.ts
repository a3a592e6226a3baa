/**
 * What the transforms of a row have to say besides their values: quality flags, and raw values that have no column of their own.
 * Filled while a row is encoded, and read by its `flags` and `extra` columns, which are therefore encoded last. One row at a time:
 * encoding is synchronous, and begins with `beginRow`. Part of the mapping's result, and as pure as it: the same row, the same notes.
 */
const flags: string[] = [];
const kept = new Map<string, string>();

/** Forgets what the row before had to say. */
export function beginRow(): void {
  if (flags.length > 0) flags.length = 0;
  if (kept.size > 0) kept.clear();
}

/** Marks the row: `flag` is a word of the mapping such as `email_invalid`, never a part of a value. Once is as good as twice. */
export function raiseFlag(flag: string): void {
  if (!flags.includes(flag)) flags.push(flag);
}

/** Keeps a value as it was, under the name of its column, where the target column cannot hold it. */
export function keepRaw(name: string, value: string): void {
  kept.set(name, value);
}

/** In order of their names, so that they do not depend on the order of the columns. */
export function raisedFlags(): readonly string[] {
  return flags.length > 1 ? flags.toSorted() : flags;
}

export function keptValues(): ReadonlyMap<string, string> {
  return kept;
}
