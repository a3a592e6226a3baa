/**
 * The fast way to encode a row: one function for each table, generated as source text, because a loop over columns with a call
 * for each is several times slower than straight code. It walks a row of the MySQL text protocol and writes a tuple of PostgreSQL's
 * binary COPY; columns that pass through are never JavaScript values. Nothing from a catalog or a row enters the text: names
 * and functions are reached through `context`. Code for many columns is cut into several functions: V8 optimizes none beyond 60 KB
 * of bytecode, and from about 90 columns on one function was ten times slower than two.
 */
import { TransfuseError } from '../core/errors.ts';
import { writeFlags } from './flags-writer.ts';
import { referenceWriter } from './reference-writer.ts';
import { beginRow } from './row-notes.ts';
import { FILTERED, type CompiledOutput, type RowEncoder } from './compiled-mapping.ts';
import type { Mapping } from './mapping.ts';
import type { Codec } from './types/codec.ts';
import { decodeText } from './decode-text.ts';
import { entityNamespace, uuidName, valueWriter, writeUuidV5 } from './types/index.ts';
import { copyBytes, LOOP_BYTES } from './types/wire.ts';

/** Straight code for one mapping; see the head of this file. `filterInputs` are the columns that the filter reads. */
export function generateEncoder(
  mapping: Mapping,
  outputs: CompiledOutput[],
  filterInputs: number[],
  sourceCount: number,
): RowEncoder {
  const context: unknown[] = [];
  const declarations: string[] = [];
  const body: string[] = [];
  const places: string[] = [];
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
      places.push(`s${scanned} = -1, e${scanned} = -1`);
      body.push(`s${scanned} = e${scanned} = -1; length = src[p++];
if (length !== 251) { ${READ_LENGTH} s${scanned} = p; e${scanned} = p += length; }`);
    }
  };
  const copyLong = bind('b', copyBytes);
  const decode = bind('d', decodeText);
  const text = (input: number) => `(s${input} < 0 ? null : ${decode}(src, s${input}, e${input}))`;

  if (mapping.where) {
    for (const input of filterInputs) scanTo(input);
    const { where } = mapping;
    const accepts = bind('f', where.accepts.bind(where));
    body.push(`if (!${accepts}(${filterInputs.map(text).join(', ')})) return ${FILTERED};`);
  }
  // Only transforms have something to say besides their values.
  if (mapping.columns.some(({ value }) => value.kind === 'flags' || value.kind === 'extra'))
    body.push(`${bind('y', beginRow)}();`);
  body.push(`dst[o] = ${outputs.length >> 8}; dst[o + 1] = ${outputs.length & 255}; o += 2;`);

  for (const [index, output] of outputs.entries()) {
    const { value, target } = mapping.columns[index]!;
    if (output.codec) {
      const input = output.inputs[0]!;
      if (input === scanned && uses[input] === 1) {
        scanned++;
        body.push(`length = src[p++];
if (length === 251) { ${WRITE_NULL} } else { ${READ_LENGTH} e = p + length;
${writeColumn(output.codec, bind, copyLong, 'p', 'e')} p = e; }`);
      } else {
        scanTo(input);
        body.push(`if (s${input} < 0) { ${WRITE_NULL} } else { length = e${input} - s${input};
${writeColumn(output.codec, bind, copyLong, `s${input}`, `e${input}`)} }`);
      }
      continue;
    }
    for (const input of output.inputs) scanTo(input);
    const [first] = output.inputs;
    if (output.extra) {
      const { begin, fields, end } = output.extra;
      body.push(`from = o; o = ${bind('x', begin)}(dst, o);`);
      for (const [position, input] of output.inputs.entries()) {
        body.push(
          `if (e${input} > s${input}) o = ${bind('x', fields[position])}(src, s${input}, e${input}, dst, o);`,
        );
      }
      body.push(`o = ${bind('x', end)}(dst, from, o);`);
      continue;
    }
    if (value.kind === 'flags') {
      body.push(`o = ${bind('x', writeFlags)}(dst, o);`);
      continue;
    }
    if (value.kind === 'reference') {
      const [name, found] = output.inputs;
      body.push(
        `o = ${bind('r', referenceWriter(value))}(src, s${name}, e${name}, src, s${found}, e${found}, dst, o);`,
      );
    } else if (value.kind === 'uuid' && output.inputs.length === 1) {
      const namespace = bind('n', entityNamespace(value.entity));
      body.push(
        `if (s${first} < 0) { ${WRITE_NULL} } else o = ${bind('w', writeUuidV5)}(${namespace}, src, s${first}, e${first}, dst, o);`,
      );
    } else if (value.kind === 'uuid') {
      const parts = output.inputs.map((i) => `s${i} < 0 ? null : src.subarray(s${i}, e${i})`).join(', ');
      body.push(`key = ${bind('k', uuidName)}([${parts}]);
if (key === null) { ${WRITE_NULL} } else o = ${bind('w', writeUuidV5)}(${bind('n', entityNamespace(value.entity))}, key, 0, key.length, dst, o);`);
    } else if (
      value.kind === 'transform' &&
      value.transform.applyBytes &&
      output.inputs.length === 1 &&
      isTextType(target.type)
    ) {
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
  const source = sourceText({
    declarations,
    places,
    body,
    malformed,
    isFiltered: mapping.where !== undefined,
  });
  return (new Function('context', source) as (context: unknown[]) => RowEncoder)(context);
}

interface EncoderCode {
  declarations: readonly string[];
  /** Where columns lie that are looked at later than they are passed, or more than once. */
  places: readonly string[];
  /** Each statement passes, reads or writes a column. */
  body: readonly string[];
  malformed: string;
  isFiltered: boolean;
}

const MAX_STATEMENTS = 64;
const SEGMENT_STATEMENTS = 32;
const TEMPORARY = 'let length = 0, e = 0, n = 0, key = null;';

function sourceText(code: EncoderCode): string {
  return code.body.length <= MAX_STATEMENTS ? oneFunction(code) : severalFunctions(code);
}

function oneFunction({ declarations, places, body, malformed }: EncoderCode): string {
  return `${declarations.join('\n')}
return function encodeRow(src, p, end, dst, o) {
${TEMPORARY} let ${['from = 0', ...places].join(', ')};
${body.join('\n')}
if (p !== end) ${malformed}();
return o;
};`;
}

/** They share the places of columns, and say by `at` how far in the row they came. */
function severalFunctions({ declarations, places, body, malformed, isFiltered }: EncoderCode): string {
  const segments: string[] = [];
  const calls: string[] = [];
  for (let first = 0; first < body.length; first += SEGMENT_STATEMENTS) {
    const statements = body.slice(first, first + SEGMENT_STATEMENTS).join('\n');
    const name = `segment${segments.length}`;
    segments.push(`function ${name}(src, p, end, dst, o) { ${TEMPORARY}\n${statements}\nat = p; return o; }`);
    calls.push(`o = ${name}(src, at, end, dst, o);${isFiltered ? ` if (o === ${FILTERED}) return o;` : ''}`);
  }
  return `${declarations.join('\n')}
let ${['at = 0', 'from = 0', ...places].join(', ')};
${segments.join('\n')}
return function encodeRow(src, p, end, dst, o) {
at = p;
${calls.join('\n')}
if (at !== end) ${malformed}();
return o;
};`;
}

/** The types whose binary form is their text: all that a transform on bytes can write. */
function isTextType(type: string): boolean {
  return /^(text|character varying|varchar)\b(?!.*\[\])/.test(type);
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
  copyLong: string,
  from: string,
  to: string,
): string {
  if (!codec.verbatim) return `o = ${bind('w', codec.write)}(src, ${from}, ${to}, dst, o);`;
  const prefix = codec.verbatim.prefix;
  const writePrefix = prefix.map((byte, index) => `dst[o + ${4 + index}] = ${byte};`).join(' ');
  return `n = length + ${prefix.length};
dst[o] = n >>> 24; dst[o + 1] = n >>> 16; dst[o + 2] = n >>> 8; dst[o + 3] = n; ${writePrefix} o += ${4 + prefix.length};
if (length < ${LOOP_BYTES}) { for (let i = ${from}; i < ${to}; i++) dst[o++] = src[i]; }
else o = ${copyLong}(src, ${from}, ${to}, dst, o);`;
}
