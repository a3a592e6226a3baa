/** One prerequisite and whether it is met. A finding is not an error: all of them are collected and shown together. */
export interface Finding {
  /** Stable, kebab-case, unique within a report: scripts select by it. */
  id: string;
  /** false: the migration would fail or lose its guarantees. null: cannot be told from here, and `what` says so. */
  ok: boolean | null;
  /** What was found, in one sentence of names and numbers. */
  what: string;
  /** Why it matters. */
  why: string;
  /** What mends it, in words; null where nothing has to be done. */
  remedy: string | null;
  /** The very statements that mend it; null where it takes no SQL. */
  remedySql: string | null;
}

/** How a prerequisite is met. */
export interface Remedy {
  remedy?: string;
  remedySql?: string;
}

/** A finding from a condition: the remedy is kept only where it is needed. */
export function finding(
  id: string,
  ok: boolean | null,
  what: string,
  why: string,
  { remedy, remedySql }: Remedy = {},
): Finding {
  const needed = ok !== true;
  return {
    id,
    ok,
    what,
    why,
    remedy: needed ? (remedy ?? null) : null,
    remedySql: needed ? (remedySql ?? null) : null,
  };
}
