import type { SchemaObject, SchemaObjectKind } from '../postgres/schema-plan.ts';

/** An object that the plan wants and the target does not have, or has otherwise. */
export interface SchemaDifference {
  status: 'missing' | 'differs';
  kind: SchemaObjectKind | 'column';
  /** The target table; null for the schema itself. */
  table: string | null;
  name: string;
  /** What the plan wants and what is there, in SQL or in words. Names and definitions only. */
  expected: string;
  found: string | null;
  /** Statements that would mend what differs, for people to run; empty where there is none, and for what bin/schema creates. */
  mend: readonly string[];
  object: SchemaObject;
}
