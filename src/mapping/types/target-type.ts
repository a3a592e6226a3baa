/** A PostgreSQL type in the parts that matter to a codec. */
export interface TargetType {
  /** The name format_type() gives, without modifiers, schema and `[]`: `character varying`, `numeric`. */
  base: string;
  /** The modifiers in parentheses: a length, or precision and scale, or fractional digits. */
  modifiers: number[];
  array: boolean;
}

const ALIASES = new Map([
  ['int2', 'smallint'],
  ['int', 'integer'],
  ['int4', 'integer'],
  ['int8', 'bigint'],
  ['decimal', 'numeric'],
  ['float4', 'real'],
  ['float8', 'double precision'],
  ['bool', 'boolean'],
  ['varchar', 'character varying'],
  ['varbit', 'bit varying'],
  ['timestamp', 'timestamp without time zone'],
  ['timestamptz', 'timestamp with time zone'],
  ['time', 'time without time zone'],
]);

/** Understands what format_type() prints and the usual short names. */
export function parseTargetType(type: string): TargetType {
  const match =
    /^(?<name>[^([]+?)\s*(?:\((?<modifiers>[^)]*)\))?(?<zone> with(?:out)? time zone)?(?<array>\[\])?$/.exec(
      type.trim(),
    );
  const { name = type, modifiers = '', zone = '', array } = match?.groups ?? {};
  const base = `${name.slice(name.lastIndexOf('.') + 1)}${zone}`.toLowerCase();
  return {
    base: ALIASES.get(base) ?? base,
    modifiers: modifiers
      .split(',')
      .map((part) => Number.parseInt(part, 10))
      .filter(Number.isInteger),
    array: array !== undefined,
  };
}

export const MICROSECOND_DIGITS = 6;

/** Digits of a second's fraction that the type keeps. */
export function fractionalDigits(target: TargetType): number {
  return target.modifiers[0] ?? MICROSECOND_DIGITS;
}
