/** The slow and careful way to encode a row: value by value, each one checked, so that a bad one can be named. */
import { ValueRefused } from '../core/reject-reasons.ts';
import type { CompiledMapping, CompiledOutput, Refusal } from './compiled-mapping.ts';
import { decodeText } from './decode-text.ts';
import type { ExtraWriter } from './extra-writer.ts';
import { writeFlags } from './flags-writer.ts';
import type { ColumnMapping } from './mapping.ts';
import { referenceWriter } from './reference-writer.ts';
import { beginRow } from './row-notes.ts';
import { entityNamespace, uuidName, valueWriter, writeUuidV5 } from './types/index.ts';

const NULL_LENGTH = -1;
const EMPTY = Buffer.alloc(0);

/** Splits a row payload of the text protocol into its values; null for NULL. For the slow and careful path. */
export function splitRow(src: Buffer, start: number, columnCount: number): (Buffer | null)[] {
  const values: (Buffer | null)[] = [];
  let at = start;
  for (let column = 0; column < columnCount; column++) {
    let length = src[at++]!;
    if (length === 251) {
      values.push(null);
      continue;
    }
    if (length === 252) {
      length = src.readUInt16LE(at);
      at += 2;
    } else if (length === 253) {
      length = src.readUIntLE(at, 3);
      at += 3;
    } else if (length === 254) {
      length = Number(src.readBigUInt64LE(at));
      at += 8;
    }
    values.push(src.subarray(at, at + length));
    at += length;
  }
  return values;
}

/** What a source row becomes: tuples of binary COPY, one for most mappings; or the column that refuses it. */
export type CarefulResult = { tuples: Buffer; rows: number } | Refusal | 'filtered';

/** Encodes a row value by value, checking each: says which column refuses, at a cost that only bad rows pay. */
export function encodeCarefully(
  compiled: CompiledMapping,
  values: readonly (Buffer | null)[],
): CarefulResult {
  if (compiled.set) {
    const set = compiled.set.encodeCarefully(values);
    if (typeof set === 'string' || 'reason' in set) return set;
    return { tuples: Buffer.from(set.buffer.subarray(0, set.length)), rows: set.rows };
  }
  const { where } = compiled.mapping;
  try {
    if (where) {
      const indexes = where.inputs.map((name) =>
        compiled.sourceColumns.findIndex((source) => source.name === name),
      );
      if (!where.accepts(...indexes.map((index) => utf8(values[index]!)))) return 'filtered';
    }
  } catch (error) {
    if (error instanceof ValueRefused) return { column: '(filter)', reason: error.reason };
    throw error;
  }
  const dst = Buffer.allocUnsafe(compiled.maxRowBytes(payloadBytes(values)));
  const encoded = encodeValues(compiled, values, dst, 0);
  return 'reason' in encoded ? encoded : { tuples: Buffer.from(dst.subarray(0, encoded.end)), rows: 1 };
}

/** The tuple of values that the filter lets through, into `dst` from `at`. */
export function encodeValues(
  { outputs }: CompiledMapping,
  values: readonly (Buffer | null)[],
  dst: Buffer,
  at: number,
): { end: number } | Refusal {
  let column = '';
  beginRow();
  try {
    let end = dst.writeInt16BE(outputs.length, at);
    for (const output of outputs) {
      column = output.target;
      end = output.write(values, dst, end);
    }
    return { end };
  } catch (error) {
    if (error instanceof ValueRefused) return { column, reason: error.reason };
    throw error;
  }
}

/** What stands before a value in a payload. */
export const MAX_LENGTH_BYTES = 9;

/** The most that a payload of these values can take. */
export function payloadBytes(values: readonly (Buffer | null)[]): number {
  return values.reduce((sum, value) => sum + MAX_LENGTH_BYTES + (value?.length ?? 0), 0);
}

/** How one output is written by an ordinary call. */
export function carefulWriter(
  { value: expression, target: { type } }: ColumnMapping,
  { inputs, codec, extra }: Omit<CompiledOutput, 'write'>,
): CompiledOutput['write'] {
  if (extra) return carefulExtra(extra, inputs);
  if (expression.kind === 'flags') return (_texts, dst, at) => writeFlags(dst, at);
  if (codec) {
    return (texts, dst, at) => {
      const text = texts[inputs[0]!]!;
      if (text === null) return dst.writeInt32BE(NULL_LENGTH, at);
      codec.validate?.(text, 0, text.length);
      return codec.write(text, 0, text.length, dst, at);
    };
  }
  const write = valueWriter(type).write;
  switch (expression.kind) {
    case 'transform':
      return (texts, dst, at) =>
        write(expression.transform.apply(...inputs.map((input) => utf8(texts[input]!))), dst, at);
    case 'uuid': {
      const namespace = entityNamespace(expression.entity);
      return (texts, dst, at) => {
        const key = uuidName(inputs.map((input) => texts[input]!));
        return key === null
          ? dst.writeInt32BE(NULL_LENGTH, at)
          : writeUuidV5(namespace, key, 0, key.length, dst, at);
      };
    }
    case 'reference': {
      const write = referenceWriter(expression);
      const [name, found] = inputs as [number, number];
      return (texts, dst, at) => {
        const [a, b] = [texts[name]!, texts[found]!];
        const [src, foundSrc] = [a ?? EMPTY, b ?? EMPTY];
        return write(src, a ? 0 : -1, src.length, foundSrc, b ? 0 : -1, foundSrc.length, dst, at);
      };
    }
    default:
      return (_texts, dst, at) => write((expression as { value: string | null }).value, dst, at);
  }
}

function carefulExtra({ begin, fields, end }: ExtraWriter, inputs: number[]): CompiledOutput['write'] {
  return (texts, dst, at) => {
    let to = begin(dst, at);
    for (const [index, input] of inputs.entries()) {
      const text = texts[input]!;
      if (text !== null) to = fields[index]!(text, 0, text.length, dst, to);
    }
    return end(dst, at, to);
  };
}

/** A value as transforms get it. Throws ValueRefused. */
export function utf8(text: Buffer | null): string | null {
  return text === null ? null : decodeText(text, 0, text.length);
}
