/** From source names to target names. Pure, and free of any state: a name does not depend on the names beside it. */
import { createHash } from 'node:crypto';
import { TransfuseError } from '../../core/errors.ts';

export type IdentifierCase = 'lower' | 'keep';

/** PostgreSQL cuts longer names off without a word. */
export const MAX_IDENTIFIER_BYTES = 63;

const HASH_HEX_DIGITS = 8;

/** Columns that every table of PostgreSQL has already. */
const SYSTEM_COLUMNS = new Set(['tableoid', 'xmin', 'cmin', 'xmax', 'cmax', 'ctid']);

/** A name of at most 63 bytes of UTF-8: itself, or its beginning and a hash of all of it. */
export function shortenIdentifier(name: string): string {
  if (Buffer.byteLength(name) <= MAX_IDENTIFIER_BYTES) return name;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, HASH_HEX_DIGITS);
  const room = MAX_IDENTIFIER_BYTES - HASH_HEX_DIGITS - 1;
  let start = '';
  let bytes = 0;
  for (const character of name) {
    bytes += Buffer.byteLength(character);
    if (bytes > room) break;
    start += character;
  }
  return `${start}_${hash}`;
}

/** The target's name for a table. */
export function tableNameOf(source: string, identifierCase: IdentifierCase): string {
  return shortenIdentifier(identifierCase === 'lower' ? source.toLowerCase() : source);
}

/** The target's name for a column. A name that PostgreSQL keeps for itself, such as `xmin`, gets an underscore. */
export function columnNameOf(source: string, identifierCase: IdentifierCase): string {
  const name = tableNameOf(source, identifierCase);
  return SYSTEM_COLUMNS.has(name) ? `${name}_` : name;
}

/** Finds every target name that two or more source names share, in words that name them all. */
export function collisionsOf(kind: string, pairs: readonly { source: string; target: string }[]): string[] {
  const sourcesByTarget = new Map<string, string[]>();
  for (const { source, target } of pairs) {
    const sources = sourcesByTarget.get(target);
    if (sources) sources.push(source);
    else sourcesByTarget.set(target, [source]);
  }
  return [...sourcesByTarget]
    .filter(([, sources]) => sources.length > 1)
    .map(([target, sources]) => `${kind} ${sources.join(' and ')} would all be named ${target}`);
}

/** Throws NAME_COLLISION with every collision at once; does nothing when there is none. */
export function refuseCollisions(collisions: readonly string[]): void {
  if (collisions.length === 0) return;
  throw new TransfuseError(
    'NAME_COLLISION',
    `Source names collide in the target: ${collisions.join('; ')}.`,
    {
      where: { collisions: collisions.length },
    },
  );
}

/**
 * Gives out names for indexes, constraints and sequences, which share one namespace with the tables of a schema. The
 * same claims in the same order give the same names.
 */
export class RelationNames {
  private readonly taken: Set<string>;

  constructor(taken: Iterable<string>) {
    this.taken = new Set(taken);
  }

  claim(wanted: string): string {
    let name = shortenIdentifier(wanted);
    for (let attempt = 2; this.taken.has(name); attempt++) {
      // Hashed, not numbered: which of two equal names comes second should not show in a name that others rely on.
      const salt = createHash('sha256')
        .update(`${wanted}\0${attempt}`)
        .digest('hex')
        .slice(0, HASH_HEX_DIGITS);
      name = shortenIdentifier(`${wanted}_${salt}`);
    }
    this.taken.add(name);
    return name;
  }
}
