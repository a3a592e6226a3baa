/** Values as a server writes them into its binlog, with the text that it shows for them; for tests without a server. */

const GROUP_DIGITS = 9;
const SHORT_GROUP_BYTES = [0, 1, 1, 2, 2, 3, 3, 4, 4];

interface Encoded {
  image: Buffer;
  text: string;
}

export function encodeDecimal(unscaled: bigint, precision: number, scale: number): Encoded {
  const isNegative = unscaled < 0n;
  const digits = String(isNegative ? -unscaled : unscaled).padStart(precision, '0');
  const integer = digits.slice(0, precision - scale);
  const fraction = digits.slice(precision - scale);
  const lead = integer.length % GROUP_DIGITS;
  const groups = [integer.slice(0, lead), ...chunks(integer.slice(lead)), ...chunks(fraction)];
  const image = Buffer.concat(
    groups.map((group) => {
      const bytes = group.length === GROUP_DIGITS ? 4 : SHORT_GROUP_BYTES[group.length]!;
      const buffer = Buffer.alloc(bytes);
      if (bytes > 0) buffer.writeUIntBE(Number(group), 0, bytes);
      return buffer;
    }),
  );
  image[0]! ^= 0x80;
  if (isNegative) for (let i = 0; i < image.length; i++) image[i]! ^= 0xff;
  const text = `${isNegative ? '-' : ''}${BigInt(integer || 0)}${scale > 0 ? `.${fraction}` : ''}`;
  return { image, text };
}

function chunks(digits: string): string[] {
  return digits.match(/\d{1,9}/g) ?? [];
}

/** TIME(n) as the server packs it: sign, hours, minutes and seconds in 24 bits, then the fraction, all one number. */
export function encodeTime(time: {
  isNegative: boolean;
  hours: number;
  minutes: number;
  seconds: number;
  microseconds: number;
  digits: number;
}): Encoded {
  const { hours, minutes, seconds, digits } = time;
  const fraction = String(time.microseconds).padStart(6, '0').slice(0, digits);
  const bytes = (digits + 1) >> 1;
  const magnitude =
    ((hours << 12) | (minutes << 6) | seconds) * 256 ** bytes + Number(fraction.padEnd(bytes * 2, '0'));
  const isNegative = time.isNegative && magnitude > 0;
  const image = Buffer.alloc(3 + bytes);
  image.writeUIntBE(0x800000 * 256 ** bytes + (isNegative ? -magnitude : magnitude), 0, 3 + bytes);
  const two = (number: number): string => String(number).padStart(2, '0');
  const clock = `${two(hours)}:${two(minutes)}:${two(seconds)}`;
  return { image, text: `${isNegative ? '-' : ''}${clock}${digits > 0 ? `.${fraction}` : ''}` };
}

export type JsonLike = null | boolean | number | string | JsonLike[] | Map<string, JsonLike>;

/** MySQL's binary JSON of integers, strings and what holds them; `large` for offsets of four bytes. */
export function encodeJson(value: JsonLike, large: boolean): Encoded {
  const { type, bytes } = encodeJsonValue(value, large);
  return { image: Buffer.concat([Buffer.from([type]), bytes]), text: jsonText(value) };
}

function jsonText(value: JsonLike): string {
  if (Array.isArray(value)) return `[${value.map(jsonText).join(', ')}]`;
  if (value instanceof Map) {
    return `{${[...value].map(([key, item]) => `${JSON.stringify(key)}: ${jsonText(item)}`).join(', ')}}`;
  }
  return JSON.stringify(value);
}

function encodeJsonValue(value: JsonLike, large: boolean): { type: number; bytes: Buffer } {
  if (value === null || typeof value === 'boolean') {
    return { type: 4, bytes: Buffer.from([value === null ? 0 : value ? 1 : 2]) };
  }
  if (typeof value === 'number') {
    const buffer = Buffer.alloc(8);
    buffer.writeBigInt64LE(BigInt(value));
    return { type: 9, bytes: buffer };
  }
  if (typeof value === 'string') {
    const text = Buffer.from(value, 'utf8');
    const length = text.length < 128 ? [text.length] : [(text.length & 127) | 128, text.length >> 7];
    return { type: 12, bytes: Buffer.concat([Buffer.from(length), text]) };
  }
  return encodeContainer(value, large);
}

function encodeContainer(value: JsonLike[] | Map<string, JsonLike>, large: boolean) {
  const width = large ? 4 : 2;
  const keys = value instanceof Map ? [...value.keys()].map((key) => Buffer.from(key, 'utf8')) : [];
  const items = [...value.values()].map((item) => encodeJsonValue(item, large));
  const number = (n: number, bytes: number): Buffer => {
    const buffer = Buffer.alloc(bytes);
    buffer.writeUIntLE(n, 0, bytes);
    return buffer;
  };
  let offset = 2 * width + keys.length * (width + 2) + items.length * (1 + width);
  const keyEntries = keys.map((key) => {
    const entry = Buffer.concat([number(offset, width), number(key.length, 2)]);
    offset += key.length;
    return entry;
  });
  const valueEntries = items.map(({ type, bytes }) => {
    if (type === 4) return Buffer.concat([Buffer.from([type]), number(bytes[0]!, width)]);
    const entry = Buffer.concat([Buffer.from([type]), number(offset, width)]);
    offset += bytes.length;
    return entry;
  });
  const data = items.filter(({ type }) => type !== 4).map(({ bytes }) => bytes);
  const head = [number(items.length, width), number(offset, width)];
  const type = (value instanceof Map ? 0 : 2) + (large ? 1 : 0);
  return { type, bytes: Buffer.concat([...head, ...keyEntries, ...valueEntries, ...keys, ...data]) };
}
