import { z } from 'zod';

/** What the documentation says about a variable. Messages are made from it too, so that none can quote a value. */
export interface VariableDoc {
  section: Section;
  /** What a valid value looks like; completes "expected …". */
  expects: string;
  describes: string;
  /** What holds when it is not set; null where it must be set. */
  default: string | null;
  unit?: string;
  secret?: boolean;
}

export const SECTIONS = {
  source: 'Legacy database (source)',
  target: 'Target databases',
  services: 'Target databases of the other services, where they differ from TARGET_DB_*',
  load: 'Load',
  mapping: 'Mapping and dirty values',
  logs: 'Logs',
  safety: 'Safety',
  later: 'Read by later versions, accepted here without effect',
} as const;

export type Section = keyof typeof SECTIONS;

/** The documentation of each variable, keyed by its schema. */
export const variableDocs = z.registry<VariableDoc>();

type Facts = Omit<VariableDoc, 'expects' | 'default'>;

/** A variable that must be set. */
export function required<S extends z.ZodType>(schema: S, expects: string, facts: Facts): S {
  variableDocs.add(schema, { expects, default: null, ...facts });
  return schema;
}

/** A variable that may be left out; `shownDefault` is what the documentation says holds then. */
export function optional<S extends z.ZodType>(
  schema: S,
  expects: string,
  shownDefault: string,
  facts: Facts,
) {
  const variable = schema.optional();
  variableDocs.add(variable, { expects, default: shownDefault, ...facts });
  return variable;
}

export function text() {
  return z.string().min(1);
}

/** A whole number within limits, written in decimal digits. */
export function whole(min: number, max: number) {
  return z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number)
    .pipe(z.number().int().min(min).max(max));
}

/** The name of a database: what PostgreSQL keeps without cutting it, and MySQL as well. */
export function databaseName() {
  return z
    .string()
    .regex(/^\P{Cc}+$/u)
    .refine((name) => Buffer.byteLength(name) <= 63);
}

export function timeZone() {
  return z.string().refine((name) => {
    try {
      Intl.DateTimeFormat('en', { timeZone: name });
      // Offsets such as +02:00 are understood too, but a legacy clock follows the summer time of its zone.
      return !/^[+-]/.test(name);
    } catch {
      return false;
    }
  });
}

/** A schema of the target that is neither PostgreSQL's own nor the ledger's. */
export function schemaName() {
  return databaseName().refine(
    (name) => !/^pg_/i.test(name) && !/^(transfuse|information_schema)$/i.test(name),
  );
}
