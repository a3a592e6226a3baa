import { refuse } from '../../core/reject-reasons.ts';
import { TransfuseError } from '../../core/errors.ts';
import { OID } from './array.ts';
import type { Codec } from './codec.ts';
import { dateCodec } from './date.ts';
import { float4Codec, float8Codec } from './float.ts';
import { inetCodec } from './inet.ts';
import { int2Codec, int4Codec, int8Codec } from './integer.ts';
import { jsonbCodec } from './json.ts';
import { numericLimits, scientificCodec } from './numeric.ts';
import { fractionalDigits, parseTargetType, type TargetType } from './target-type.ts';
import {
  arrayTextCodec,
  bitTextCodec,
  booleanTextCodec,
  byteaTextCodec,
  geometryTextCodec,
  realArrayTextCodec,
  timestampTextCodec,
  vectorTextCodec,
} from './text-form.ts';
import { limitedTextCodec, textCodec } from './text.ts';
import { intervalCodec, timeOfDayCodec } from './time.ts';
import { uuidCodec } from './uuid.ts';
import { putNull } from './wire.ts';

/** Takes a transformed value in the text form of its type to binary COPY. */
export interface TextValueWriter {
  /** Writes length and bytes, or -1 for null. Returns where it stopped. Throws ValueRefused. */
  write(this: void, value: string | null, dst: Buffer, at: number): number;
  /** The most bytes a value of so many UTF-16 units can take, its int32 length included. */
  maxBytes(this: void, characters: number): number;
}

const MAX_UTF8_BYTES_PER_UNIT = 3;
const SCRATCH_BYTES = 4096;
/** Up to this, a loop in JavaScript beats the call into the encoder of Node. */
const LOOP_CHARACTERS = 64;
const scratch = Buffer.allocUnsafeSlow(SCRATCH_BYTES);

/**
 * The writer for a target type of the type map. The text form is PostgreSQL's own (ISO dates, `\x` bytea, `{a,b}`
 * arrays, hexadecimal EWKB); intervals as `[-]HH:MM:SS[.ffffff]`. Nothing is rounded or cut: what does not fit is refused.
 *
 * Throws TransfuseError SOURCE_TYPE_UNKNOWN for a type outside the map.
 */
export function valueWriter(targetType: string): TextValueWriter {
  const target = parseTargetType(targetType);
  const codec = target.array ? arrayCodec(target) : scalarCodec(target);
  if (!codec) {
    throw new TransfuseError(
      'SOURCE_TYPE_UNKNOWN',
      `No text can become ${targetType}: no conversion is known.`,
      {
        where: { targetType },
        fix: 'Give the target column a type of the type map.',
      },
    );
  }
  return {
    write: (value, dst, at) => writeText(codec, value, dst, at),
    maxBytes: (characters) => codec.maxBytes(characters * MAX_UTF8_BYTES_PER_UNIT),
  };
}

function writeText(codec: Codec, value: string | null, dst: Buffer, at: number): number {
  if (value === null) return putNull(dst, at);
  if (value.length <= LOOP_CHARACTERS && putAscii(value))
    return codec.write(scratch, 0, value.length, dst, at);
  if (value.includes('\0')) refuse('nul_byte');
  if (value.length * MAX_UTF8_BYTES_PER_UNIT > SCRATCH_BYTES) {
    const bytes = Buffer.from(value);
    return codec.write(bytes, 0, bytes.length, dst, at);
  }
  return codec.write(scratch, 0, scratch.write(value, 'utf8'), dst, at);
}

/** False, and `scratch` is void, where the text has other characters than those of ASCII or U+0000. */
function putAscii(value: string): boolean {
  for (let i = 0; i < value.length; i++) {
    const unit = value.charCodeAt(i);
    if (unit === 0 || unit > 0x7f) return false;
    scratch[i] = unit;
  }
  return true;
}

function scalarCodec(target: TargetType): Codec | undefined {
  const [length = null] = target.modifiers;
  switch (target.base) {
    case 'smallint':
      return int2Codec;
    case 'integer':
      return int4Codec;
    case 'bigint':
      return int8Codec;
    case 'numeric':
      return scientificCodec(numericLimits(target));
    case 'real':
      return float4Codec;
    case 'double precision':
      return float8Codec;
    case 'boolean':
      return booleanTextCodec;
    case 'text':
      return textCodec('reject');
    case 'character varying':
      return length === null ? textCodec('reject') : limitedTextCodec('reject', length);
    case 'bytea':
      return byteaTextCodec;
    case 'bit':
      return bitTextCodec(length ?? 1, null);
    case 'bit varying':
      return bitTextCodec(null, length);
    case 'date':
      return dateCodec('reject');
    case 'timestamp without time zone':
      return timestampTextCodec(fractionalDigits(target), false);
    case 'timestamp with time zone':
      return timestampTextCodec(fractionalDigits(target), true);
    case 'time without time zone':
      return timeOfDayCodec(fractionalDigits(target));
    case 'interval':
      return intervalCodec(fractionalDigits(target));
    case 'jsonb':
      return jsonbCodec;
    case 'uuid':
      return uuidCodec;
    case 'inet':
      return inetCodec;
    case 'geometry':
      return geometryTextCodec;
    case 'vector':
      return vectorTextCodec;
    default:
      return undefined;
  }
}

function arrayCodec(target: TargetType): Codec | undefined {
  switch (target.base) {
    case 'text':
      return arrayTextCodec(OID.text, textCodec('reject'));
    case 'character varying':
      return arrayTextCodec(OID.varchar, scalarCodec({ ...target, array: false })!);
    case 'real':
      return realArrayTextCodec;
    default:
      return undefined;
  }
}
