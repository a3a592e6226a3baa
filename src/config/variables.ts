/** What a variable of the environment is: how its text is read, and what the documentation says about it. */
import { isIPv4 } from 'node:net';

/** Reads a text; undefined where it is not a valid value. Says nothing about why, so that nothing can quote the text. */
export type Parse<T> = (text: string) => T | undefined;

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

export interface Variable<T> extends VariableDoc {
  parse: Parse<T>;
}

export interface RequiredVariable<T> extends Variable<T> {
  default: null;
}

export interface OptionalVariable<T> extends Variable<T> {
  default: string;
}

export const SECTIONS = {
  source: 'Legacy database (source)',
  target: 'Target databases',
  services: 'Target databases of the other services, where they differ from TARGET_DB_*',
  load: 'Load',
  mapping: 'Mapping and dirty values',
  storage: 'Object store',
  logs: 'Logs',
  safety: 'Safety',
  later: 'Read by later versions, accepted here without effect',
} as const;

export type Section = keyof typeof SECTIONS;

type Facts = Omit<VariableDoc, 'expects' | 'default'>;

/** A variable that must be set. */
export function required<T>(parse: Parse<T>, expects: string, facts: Facts): RequiredVariable<T> {
  return { parse, expects, default: null, ...facts };
}

/** A variable that may be left out; `shownDefault` is what the documentation says holds then. */
export function optional<T>(
  parse: Parse<T>,
  expects: string,
  shownDefault: string,
  facts: Facts,
): OptionalVariable<T> {
  return { parse, expects, default: shownDefault, ...facts };
}

/** Any text at all, the empty one too. */
export function anything(): Parse<string> {
  return (given) => given;
}

/** A text that is not empty and has at most so many UTF-16 units. */
export function text(maxLength = Infinity): Parse<string> {
  return (given) => (given !== '' && given.length <= maxLength ? given : undefined);
}

/** So many hexadecimal digits. */
export function hexDigits(count: number): Parse<string> {
  const form = new RegExp(`^[0-9a-fA-F]{${count}}$`);
  return (given) => (form.test(given) ? given.toLowerCase() : undefined);
}

/** One of these texts, letter by letter. */
export function oneOf<const T extends string>(values: readonly T[]): Parse<T> {
  return (given) => values.find((value) => value === given);
}

/** One character that separates fields; `tab` for the tabulator. */
export function delimiter(): Parse<string> {
  return (given) => (given === 'tab' ? '\t' : /^[^"\r\n\\]$/u.test(given) ? given : undefined);
}

/** A whole number within limits, written in decimal digits. */
export function whole(min: number, max: number): Parse<number> {
  return (given) => {
    const value = /^\d{1,15}$/.test(given) ? Number(given) : NaN;
    return value >= min && value <= max ? value : undefined;
  };
}

/** The name of a database: what PostgreSQL keeps without cutting it, and MySQL as well. */
export function databaseName(): Parse<string> {
  return (given) => (/^\P{Cc}+$/u.test(given) && Buffer.byteLength(given) <= 63 ? given : undefined);
}

/** A schema of the target that is neither PostgreSQL's own nor the ledger's. */
export function schemaName(): Parse<string> {
  const parseName = databaseName();
  return (given) =>
    /^(?:pg_|(?:transfuse|information_schema)$)/i.test(given) ? undefined : parseName(given);
}

/** A day of the calendar, `YYYY-MM-DD`. */
export function date(): Parse<string> {
  return (given) => {
    const moment = /^\d{4}-\d\d-\d\d$/.test(given) ? new Date(`${given}T00:00:00Z`) : null;
    const isDay = moment !== null && !Number.isNaN(moment.getTime());
    return isDay && moment.toISOString().startsWith(given) ? given : undefined;
  };
}

/** An IANA name. Offsets such as +02:00 are none: a legacy clock follows the summer time of its zone. */
export function timeZone(): Parse<string> {
  return (given) => {
    try {
      Intl.DateTimeFormat('en', { timeZone: given });
      return /^[+-]/.test(given) ? undefined : given;
    } catch {
      return undefined;
    }
  };
}

/** The name of a bucket of Google Cloud Storage: https://cloud.google.com/storage/docs/buckets#naming */
export function bucketName(): Parse<string> {
  const label = '[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?';
  const form = new RegExp(`^${label}(?:\\.${label})*$`);
  return (given) => {
    const hasLength = given.length >= 3 && given.length <= 222;
    return hasLength && form.test(given) && !isIPv4(given) && !given.startsWith('goog') ? given : undefined;
  };
}

/** What names of objects begin with: a path with a slash at its end, or nothing. */
export function objectPrefix(): Parse<string> {
  return (given) => {
    const isPath = /^[^/\p{Cc}][^\p{Cc}]*$/u.test(given) && Buffer.byteLength(given) <= 512;
    const hasDots = given.split('/').some((step) => step === '.' || step === '..');
    if (given === '') return '';
    if (!isPath || hasDots) return undefined;
    return given.endsWith('/') ? given : `${given}/`;
  };
}

/** Scheme, host and port of a URL, and no more than these. */
export function origin(): Parse<string> {
  return (given) => {
    if (!URL.canParse(given)) return undefined;
    const url = new URL(given);
    const isHttp = url.protocol === 'http:' || url.protocol === 'https:';
    return isHttp && [url.origin, `${url.origin}/`].includes(url.href) ? url.origin : undefined;
  };
}

/** The resource name of a key of Cloud KMS. */
export function kmsKey(): Parse<string> {
  const form = /^projects\/[^/\s]+\/locations\/[^/\s]+\/keyRings\/[^/\s]+\/cryptoKeys\/[^/\s]+$/;
  return (given) => (form.test(given) ? given : undefined);
}
