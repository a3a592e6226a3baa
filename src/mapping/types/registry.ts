import { TransfuseError } from '../../core/errors.ts';
import type { SourceColumn } from '../../mysql/catalog-model.ts';
import { OID } from './array.ts';
import { binaryCodec } from './binary.ts';
import { bitCodec } from './bit.ts';
import { bitToBooleanCodec, integerToBooleanCodec } from './boolean.ts';
import type { Codec, ValuePolicies } from './codec.ts';
import { dateCodec } from './date.ts';
import { enumCodec } from './enum.ts';
import { float4Codec, float8Codec } from './float.ts';
import { geometryCodec } from './geometry.ts';
import { inetCodec } from './inet.ts';
import { int2Codec, int4Codec, int8Codec } from './integer.ts';
import { jsonbCodec } from './json.ts';
import { decimalCodec, numericLimits, scientificCodec } from './numeric.ts';
import { setCodec } from './set.ts';
import { fractionalDigits, MICROSECOND_DIGITS, parseTargetType, type TargetType } from './target-type.ts';
import { asciiCodec, limitedTextCodec, textCodec } from './text.ts';
import { intervalCodec, timeOfDayCodec } from './time.ts';
import { dateToTimestampCodec, timestampCodec } from './timestamp.ts';
import { binaryToUuidCodec, uuidCodec } from './uuid.ts';
import { pgvectorCodec, realArrayCodec } from './vector.ts';
import { twoDigitYearCodec } from './year.ts';

/** The codec of one family of source types for a target, or undefined for a target it does not fit. */
type Family = (target: TargetType, column: SourceColumn, policies: ValuePolicies) => Codec | undefined;

/**
 * The codec that takes values of the source column to a column of the target type: every pair of the type map, and the
 * widenings that lose nothing (any scalar to text, integers to larger ones and to numeric, float to double precision).
 * Where the target is narrower than the source, each value is checked, and refused rather than rounded or cut.
 *
 * Throws TransfuseError SOURCE_TYPE_UNKNOWN for any other pair.
 */
export function codecFor(column: SourceColumn, targetType: string, policies: ValuePolicies): Codec {
  const target = parseTargetType(targetType);
  const family = target.array ? ARRAY_FAMILIES.get(column.dataType) : FAMILIES.get(column.dataType);
  const codec = family?.(target, column, policies);
  if (codec) return codec;
  throw new TransfuseError(
    'SOURCE_TYPE_UNKNOWN',
    `Column ${column.name} of type ${column.columnType} cannot become ${targetType}: no conversion is known.`,
    { where: { column: column.name, sourceType: column.columnType, targetType } },
  );
}

const integer: Family = (target, column, policies) => {
  switch (target.base) {
    case 'smallint':
      return int2Codec;
    case 'integer':
      return int4Codec;
    case 'bigint':
      return int8Codec;
    case 'numeric':
      return decimalCodec(numericLimits(target));
    case 'double precision':
      return column.dataType === 'bigint' ? undefined : float8Codec;
    case 'boolean':
      return integerToBooleanCodec;
    default:
      return digits(target, column, policies);
  }
};

const year: Family = (target, column, policies) => {
  if (!column.columnType.startsWith('year(2)')) return integer(target, column, policies);
  return target.base === 'smallint' ? twoDigitYearCodec : undefined;
};

const decimal: Family = (target, column, policies) => {
  if (target.base === 'numeric') return decimalCodec(numericLimits(target));
  const whole = column.scale === 0 && ['smallint', 'integer', 'bigint'].includes(target.base);
  return whole ? integer(target, column, policies) : digits(target, column, policies);
};

const float: Family = (target, column, policies) => {
  if (target.base === 'real') return column.dataType === 'float' ? float4Codec : undefined;
  if (target.base === 'double precision') return float8Codec;
  if (target.base === 'numeric') return scientificCodec(numericLimits(target));
  return digits(target, column, policies);
};

const bit: Family = (target, column) => {
  const bits = column.length ?? 1;
  if (target.base === 'boolean' && bits === 1) return bitToBooleanCodec;
  if (target.base === 'bit') return (target.modifiers[0] ?? 1) === bits ? bitCodec(bits) : undefined;
  if (target.base === 'bit varying')
    return (target.modifiers[0] ?? bits) >= bits ? bitCodec(bits) : undefined;
  return undefined;
};

const date: Family = (target, column, policies) => {
  if (target.base === 'date') return dateCodec(policies.zeroDate);
  if (target.base === 'timestamp without time zone') return dateToTimestampCodec(policies.zeroDate);
  return digits(target, column, policies);
};

/** A DATETIME is a wall-clock time and a TIMESTAMP an instant: neither becomes the other without a time zone. */
function dateTime(base: string): Family {
  return (target, column, policies) =>
    target.base === base
      ? timestampCodec(policies.zeroDate, digitsToCheck(target, column))
      : digits(target, column, policies);
}

const time: Family = (target, column, policies) => {
  if (target.base === 'interval') return intervalCodec(digitsToCheck(target, column));
  if (target.base === 'time without time zone') return timeOfDayCodec(digitsToCheck(target, column));
  return digits(target, column, policies);
};

/** Only a target with fewer digits than the source needs a look at each value. */
function digitsToCheck(target: TargetType, column: SourceColumn): number {
  const digits = fractionalDigits(target);
  return digits < column.fractionalDigits ? digits : MICROSECOND_DIGITS;
}

const text: Family = (target, column, policies) => {
  if (target.base === 'jsonb') return jsonbCodec;
  if (target.base === 'uuid') return uuidCodec;
  return toText(target, column, policies.nul);
};

const json: Family = (target, column, policies) =>
  target.base === 'jsonb' ? jsonbCodec : toText(target, column, policies.nul);

const enumeration: Family = (target, column, policies) => {
  const codec = toText(target, column, policies.nul);
  return codec && enumCodec(column.members ?? [], codec);
};

const set: Family = (target, column, policies) => toText(target, column, policies.nul);

const setToArray: Family = (target) => {
  if (target.base === 'text') return setCodec(OID.text);
  // a member longer than the limit is found by the server
  return target.base === 'character varying' ? setCodec(OID.varchar) : undefined;
};

const binary: Family = (target) => {
  if (target.base === 'bytea') return binaryCodec;
  return target.base === 'uuid' ? binaryToUuidCodec : undefined;
};

const geometry: Family = (target) =>
  target.base === 'geometry' || target.base === 'bytea' ? geometryCodec : undefined;

const vector: Family = (target) => (target.base === 'vector' ? pgvectorCodec : undefined);

const vectorToArray: Family = (target) => (target.base === 'real' ? realArrayCodec : undefined);

const inet: Family = (target, column, policies) =>
  target.base === 'inet' ? inetCodec : digits(target, column, policies);

const uuid: Family = (target, column, policies) =>
  target.base === 'uuid' ? uuidCodec : digits(target, column, policies);

/** Values whose text is ASCII: to a text of any kind. */
function digits(target: TargetType, column: SourceColumn, policies: ValuePolicies): Codec | undefined {
  const unlimited = target.base === 'text' || target.base === 'character varying';
  if (unlimited && target.modifiers.length === 0) return asciiCodec;
  return toText(target, column, policies.nul);
}

function toText(target: TargetType, column: SourceColumn, nul: ValuePolicies['nul']): Codec | undefined {
  if (target.base === 'text') return textCodec(nul);
  if (target.base !== 'character varying') return undefined;
  const [limit] = target.modifiers;
  const fits = limit === undefined || (column.length !== null && column.length <= limit);
  return fits ? textCodec(nul) : limitedTextCodec(nul, limit);
}

const FAMILIES = new Map<string, Family>([
  ...each(['tinyint', 'smallint', 'mediumint', 'int', 'bigint'], integer),
  ...each(['year'], year),
  ...each(['decimal'], decimal),
  ...each(['float', 'double'], float),
  ...each(['bit'], bit),
  ...each(['date'], date),
  ...each(['datetime'], dateTime('timestamp without time zone')),
  ...each(['timestamp'], dateTime('timestamp with time zone')),
  ...each(['time'], time),
  ...each(['char', 'varchar', 'tinytext', 'text', 'mediumtext', 'longtext'], text),
  ...each(['json'], json),
  ...each(['enum'], enumeration),
  ...each(['set'], set),
  ...each(['binary', 'varbinary', 'tinyblob', 'blob', 'mediumblob', 'longblob'], binary),
  ...each(['geometry', 'point', 'linestring', 'polygon', 'multipoint', 'multilinestring'], geometry),
  ...each(['multipolygon', 'geometrycollection', 'geomcollection'], geometry),
  ...each(['vector'], vector),
  ...each(['inet4', 'inet6'], inet),
  ...each(['uuid'], uuid),
]);

/** For targets that are arrays. */
const ARRAY_FAMILIES = new Map<string, Family>([
  ['set', setToArray],
  ['vector', vectorToArray],
]);

function each(dataTypes: string[], family: Family): [string, Family][] {
  return dataTypes.map((dataType) => [dataType, family]);
}
