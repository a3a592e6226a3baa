/**
 * Turns a mapping into the code that encodes its rows: one function for each table, made once, that walks a row of the MySQL
 * text protocol and writes a tuple of PostgreSQL's binary COPY. Columns that pass through are never JavaScript values.
 *
 * The function is generated as source text because a loop over columns with a call for each is several times slower than
 * straight code. Nothing from a catalog or a row enters that text: names and functions are reached through `context`.
 */
import { TransfuseError } from '../core/errors.ts';
import { ValueRefused, type RejectReason } from '../core/reject-reasons.ts';
import type { SourceColumn, SourceTable } from '../mysql/catalog-model.ts';
import type { Expression, RowMapping } from './mapping.ts';
import type { Codec, ValuePolicies } from './types/codec.ts';
import { codecFor, entityNamespace, valueWriter, writeUuidV5 } from './types/index.ts';

/**
 * Encodes the row in `src[start, end)` into `dst` from `at`; returns where it stopped, or FILTERED.
 * Throws ValueRefused for a row that the target cannot hold; what was written past `at` is then meaningless.
 */
export type RowEncoder = (src: Buffer, start: number, end: number, dst: Buffer, at: number) => number;

export const FILTERED = -1;

export interface CompiledMapping {
  mapping: RowMapping;
  /** Source columns in the order in which they must be selected. */
  sourceColumns: SourceColumn[];
  targetColumns: string[];
  outputs: CompiledOutput[];
  /** The fast encoder: leaves to the server what the server checks anyway (valid UTF-8, U+0000, JSON). */
  encode: RowEncoder;
  /** An upper bound on the encoded size of a row whose payload has `rawBytes`. */
  maxRowBytes(rawBytes: number): number;
  /** True where each output is one source column, in order: such rows can be streamed in pieces. */
  streamable: boolean;
}

export interface CompiledOutput {
  target: string;
  /** Indexes into sourceColumns. */
  inputs: number[];
  /** Set for an output that is a source column as it is. */
  codec: Codec | null;
  /** The same value by an ordinary call, for the slow and careful path; throws ValueRefused. */
  write(texts: (Buffer | null)[], dst: Buffer, at: number): number;
}

const NULL_LENGTH = -1;
/** Below this size a loop copies faster than a call into the runtime (measured: between 30 and 50 bytes). */
const INLINE_COPY_BYTES = 40;

/** Compiles `mapping` for `table`. Throws TransfuseError when it names a column the table has not, or a type nobody knows. */
export function compileMapping(
  mapping: RowMapping,
  table: SourceTable,
  policies: ValuePolicies,
): CompiledMapping {
  const { columns: sourceColumns, indexOf } = selectColumns(mapping, table);
  const outputs = mapping.columns.map((column): CompiledOutput => {
    const inputs = inputsOf(column.value).map(indexOf);
    const codec =
      column.value.kind === 'column'
        ? codecFor(sourceColumns[inputs[0]!]!, column.target.type, policies)
        : null;
    return {
      target: column.target.name,
      inputs,
      codec,
      write: slowWriter(column.value, column.target.type, inputs, codec),
    };
  });
  const filterInputs = mapping.where?.inputs.map(indexOf) ?? [];
  return {
    mapping,
    sourceColumns,
    targetColumns: mapping.columns.map((column) => column.target.name),
    outputs,
    encode: generate(mapping, outputs, filterInputs, sourceColumns.length),
    maxRowBytes: rowBound(mapping, outputs),
    streamable:
      !mapping.where &&
      outputs.length === sourceColumns.length &&
      outputs.every((output, index) => output.codec && output.inputs[0] === index),
  };
}

/** The source columns that the mapping reads, ordered by first use so that most outputs need no look back. */
function selectColumns(mapping: RowMapping, table: SourceTable) {
  const byName = new Map(table.columns.map((column) => [column.name, column]));
  const index = new Map<string, number>();
  const columns: SourceColumn[] = [];
  const names = [
    ...mapping.columns.flatMap((column) => inputsOf(column.value)),
    ...(mapping.where?.inputs ?? []),
  ];
  for (const name of names) {
    if (index.has(name)) continue;
    const column = byName.get(name);
    if (!column) {
      throw new TransfuseError(
        'SOURCE_TABLE_CHANGED',
        `The mapping ${mapping.id} reads the column ${name}, which the source table ${table.name} does not have.`,
        { where: { mapping: mapping.id, table: table.name, column: name } },
      );
    }
    index.set(name, columns.push(column) - 1);
  }
  return { columns, indexOf: (name: string) => index.get(name)! };
}

function inputsOf(expression: Expression): string[] {
  switch (expression.kind) {
    case 'column':
      return [expression.column];
    case 'transform':
    case 'uuid':
      return expression.inputs;
    case 'constant':
      return [];
  }
}

function slowWriter(
  expression: Expression,
  type: string,
  inputs: number[],
  codec: Codec | null,
): CompiledOutput['write'] {
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
    default:
      return (_texts, dst, at) => write((expression as { value: string | null }).value, dst, at);
  }
}

function utf8(text: Buffer | null): string | null {
  return text === null ? null : text.toString('utf8');
}

const KEY_SEPARATOR = Buffer.from([0x1f]);

/** The name that is hashed: the key's columns as text, with a unit separator between them; null where one is NULL. */
function uuidName(parts: (Buffer | null)[]): Buffer | null {
  if (parts.length === 1) return parts[0]!;
  const joined: Buffer[] = [];
  for (const part of parts) {
    if (part === null) return null;
    if (joined.length > 0) joined.push(KEY_SEPARATOR);
    joined.push(part);
  }
  return Buffer.concat(joined);
}

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

/** Encodes a row value by value, checking each: says which column refuses, at a cost that only bad rows pay. */
export function encodeCarefully(
  compiled: CompiledMapping,
  values: (Buffer | null)[],
  dst: Buffer,
  at: number,
): { end: number } | { column: string; reason: RejectReason } | 'filtered' {
  const { where } = compiled.mapping;
  let column = '(filter)';
  try {
    if (where) {
      const indexes = where.inputs.map((name) =>
        compiled.sourceColumns.findIndex((source) => source.name === name),
      );
      if (!where.accepts(...indexes.map((index) => utf8(values[index]!)))) return 'filtered';
    }
    let end = dst.writeInt16BE(compiled.outputs.length, at);
    for (const output of compiled.outputs) {
      column = output.target;
      end = output.write(values, dst, end);
    }
    return { end };
  } catch (error) {
    if (error instanceof ValueRefused) return { column, reason: error.reason };
    throw error;
  }
}

function rowBound(mapping: RowMapping, outputs: CompiledOutput[]): (rawBytes: number) => number {
  const probes = [1, 2, 3, 4, 8, 16, 64, 1024, 65536];
  let fixed = 2;
  let perByte = 0;
  for (const [index, output] of outputs.entries()) {
    const bound = output.codec ?? boundOfComputed(mapping.columns[index]!.target.type);
    const empty = bound.maxBytes(0);
    fixed += Math.max(empty, 4);
    const slope = Math.max(...probes.map((length) => (bound.maxBytes(length) - empty) / length));
    // A pass-through reads each byte once; a computed output may read bytes that others read too.
    if (output.codec) perByte = Math.max(perByte, slope);
    else perByte += slope;
  }
  return (rawBytes) => Math.ceil(fixed + perByte * rawBytes) + 16;
}

function boundOfComputed(type: string): { maxBytes(length: number): number } {
  const writer = valueWriter(type);
  // A transform may lengthen its text; three times and a kilobyte cover every built-in one, and the caller checks the end.
  return { maxBytes: (length) => writer.maxBytes(3 * length + 1024) };
}

function generate(
  mapping: RowMapping,
  outputs: CompiledOutput[],
  filterInputs: number[],
  sourceCount: number,
): RowEncoder {
  const context: unknown[] = [];
  const declarations: string[] = [];
  const body: string[] = [];
  const bind = (prefix: string, value: unknown) => {
    const name = `${prefix}${context.push(value) - 1}`;
    declarations.push(`const ${name} = context[${context.length - 1}];`);
    return name;
  };

  const uses = new Array<number>(sourceCount).fill(0);
  for (const output of outputs) for (const input of output.inputs) uses[input]!++;
  for (const input of filterInputs) uses[input]!++;

  let scanned = 0;
  const scanTo = (column: number) => {
    for (; scanned <= column; scanned++) {
      body.push(`let s${scanned} = -1, e${scanned} = -1; length = src[p++];
if (length !== 251) { ${READ_LENGTH} s${scanned} = p; e${scanned} = p += length; }`);
    }
  };
  const text = (input: number) => `(s${input} < 0 ? null : src.utf8Slice(s${input}, e${input}))`;

  if (mapping.where) {
    for (const input of filterInputs) scanTo(input);
    const { where } = mapping;
    const accepts = bind('f', where.accepts.bind(where));
    body.push(`if (!${accepts}(${filterInputs.map(text).join(', ')})) return ${FILTERED};`);
  }
  body.push(`dst[o] = ${outputs.length >> 8}; dst[o + 1] = ${outputs.length & 255}; o += 2;`);

  for (const [index, output] of outputs.entries()) {
    const { value, target } = mapping.columns[index]!;
    if (output.codec) {
      const input = output.inputs[0]!;
      if (input === scanned && uses[input] === 1) {
        scanned++;
        body.push(`length = src[p++];
if (length === 251) { ${WRITE_NULL} } else { ${READ_LENGTH} e = p + length;
${writeColumn(output.codec, bind, 'p', 'e')} p = e; }`);
      } else {
        scanTo(input);
        body.push(`if (s${input} < 0) { ${WRITE_NULL} } else { length = e${input} - s${input};
${writeColumn(output.codec, bind, `s${input}`, `e${input}`)} }`);
      }
      continue;
    }
    for (const input of output.inputs) scanTo(input);
    const [first] = output.inputs;
    if (value.kind === 'uuid' && output.inputs.length === 1) {
      const namespace = bind('n', entityNamespace(value.entity));
      body.push(
        `if (s${first} < 0) { ${WRITE_NULL} } else o = ${bind('w', writeUuidV5)}(${namespace}, src, s${first}, e${first}, dst, o);`,
      );
    } else if (value.kind === 'uuid') {
      const parts = output.inputs.map((i) => `s${i} < 0 ? null : src.subarray(s${i}, e${i})`).join(', ');
      body.push(`key = ${bind('k', uuidName)}([${parts}]);
if (key === null) { ${WRITE_NULL} } else o = ${bind('w', writeUuidV5)}(${bind('n', entityNamespace(value.entity))}, key, 0, key.length, dst, o);`);
    } else if (value.kind === 'transform' && value.transform.applyBytes && output.inputs.length === 1) {
      const apply = bind('t', value.transform.applyBytes.bind(value.transform));
      body.push(`if (s${first} < 0) { ${WRITE_NULL} } else o = ${apply}(src, s${first}, e${first}, dst, o);`);
    } else {
      const write = bind('w', valueWriter(target.type).write);
      const result =
        value.kind === 'transform'
          ? `${bind('t', value.transform.apply.bind(value.transform))}(${output.inputs.map(text).join(', ')})`
          : bind('c', (value as { value: string | null }).value);
      body.push(`o = ${write}(${result}, dst, o);`);
    }
  }
  scanTo(sourceCount - 1);
  const malformed = bind('m', malformedRow);
  const source = `${declarations.join('\n')}
return function encodeRow(src, p, end, dst, o) {
let length = 0, e = 0, n = 0, key = null;
${body.join('\n')}
if (p !== end) ${malformed}();
return o;
};`;
  // eslint-disable-next-line no-new-func -- see the head of this file
  return (new Function('context', source) as (context: unknown[]) => RowEncoder)(context);
}

function malformedRow(): never {
  throw new TransfuseError(
    'SOURCE_QUERY_FAILED',
    'A row of the source does not have the columns that were selected.',
  );
}

const WRITE_NULL = 'dst[o] = dst[o + 1] = dst[o + 2] = dst[o + 3] = 255; o += 4;';
const READ_LENGTH = `if (length > 251) {
if (length === 252) { length = src[p] | src[p + 1] << 8; p += 2; }
else if (length === 253) { length = src[p] | src[p + 1] << 8 | src[p + 2] << 16; p += 3; }
else { length = src[p] + src[p + 1] * 256 + src[p + 2] * 65536 + src[p + 3] * 16777216; p += 8; } }`;

function writeColumn(
  codec: Codec,
  bind: (prefix: string, value: unknown) => string,
  from: string,
  to: string,
): string {
  if (!codec.verbatim) return `o = ${bind('w', codec.write)}(src, ${from}, ${to}, dst, o);`;
  const prefix = codec.verbatim.prefix;
  const writePrefix = prefix.map((byte, index) => `dst[o + ${4 + index}] = ${byte};`).join(' ');
  return `n = length + ${prefix.length};
dst[o] = n >>> 24; dst[o + 1] = n >>> 16; dst[o + 2] = n >>> 8; dst[o + 3] = n; ${writePrefix} o += ${4 + prefix.length};
if (length < ${INLINE_COPY_BYTES}) { for (let i = ${from}; i < ${to}; i++) dst[o++] = src[i]; }
else { src.copy(dst, o, ${from}, ${to}); o += length; }`;
}
