/** Checks a mapping against its table, and compiles it: the one encoder that every phase uses (invariant 1). */
import { TransfuseError } from '../core/errors.ts';
import type { SourceColumn, SourceTable } from '../mysql/catalog-model.ts';
import { carefulWriter } from './careful-encoder.ts';
import type { CompiledMapping, CompiledOutput } from './compiled-mapping.ts';
import { generateEncoder } from './generate-encoder.ts';
import { guarded } from './guard.ts';
import { fieldColumns } from './query-columns.ts';
import { extraWriter } from './extra-writer.ts';
import { MAX_FLAGS_BYTES } from './flags-writer.ts';
import type { Expression, Mapping, RowsMapping, TargetColumn } from './mapping.ts';
import { rowSetEncoder } from './row-set.ts';
import type { ValuePolicies } from './types/codec.ts';
import { codecFor, valueWriter } from './types/index.ts';

/** Compiles `mapping` for `table`. Throws TransfuseError when it names a column the table has not, or a type nobody knows. */
export function compileMapping(
  declared: Mapping,
  table: SourceTable,
  policies: ValuePolicies,
): CompiledMapping {
  const mapping = guarded(declared);
  if (mapping.shape !== 'rows') return compileRow(mapping, table, policies);
  // The filter is asked once for the set, by values that are selected all the same.
  const { where, expansion, ...rest } = mapping;
  const inputs = [...expansion.inputs, ...(where?.inputs ?? [])];
  const one = compileRow({ ...rest, expansion: { ...expansion, inputs } }, table, policies);
  const sourceCount = one.sourceColumns.length - Object.keys(mapping.expansion.fields).length;
  return {
    ...one,
    mapping,
    sourceColumns: one.sourceColumns.slice(0, sourceCount),
    set: rowSetEncoder(mapping, one, sourceCount),
  };
}

function compileRow(mapping: Mapping, table: SourceTable, policies: ValuePolicies): CompiledMapping {
  const { columns: sourceColumns, indexOf } = selectColumns(mapping, table);
  const prepared = mapping.columns.map((column): Omit<CompiledOutput, 'write'> => {
    const inputs = inputsOf(column.value).map(indexOf);
    const codec =
      column.value.kind === 'column'
        ? codecFor(sourceColumns[inputs[0]!]!, column.target.type, policies)
        : null;
    return {
      target: column.target.name,
      inputs,
      codec,
      extra:
        column.value.kind === 'extra'
          ? extraWriter(
              inputs.map((input) => sourceColumns[input]!),
              policies.nul,
              column.value.blank,
            )
          : null,
    };
  });
  const outputs = prepared.map((output, index): CompiledOutput => ({
    ...output,
    write: carefulWriter(mapping.columns[index]!, output),
  }));
  const filterInputs = mapping.where?.inputs.map(indexOf) ?? [];
  return {
    mapping,
    sourceColumns,
    targetColumns: mapping.columns.map((column) => column.target.name),
    outputs,
    set: null,
    encode: generateEncoder(mapping, outputs, filterInputs, sourceColumns.length),
    maxRowBytes: rowBound(mapping, outputs),
    streamable:
      !mapping.where &&
      outputs.length === sourceColumns.length &&
      outputs.every((output, index) => output.codec && output.inputs[0] === index),
  };
}

/** The source columns that the mapping reads, ordered by first use so that most outputs need no look back. */
function selectColumns(mapping: Mapping, table: SourceTable) {
  const fields = fieldColumns(mapping, table);
  const byName = new Map([...table.columns, ...fields].map((column) => [column.name, column]));
  const index = new Map<string, number>();
  const columns: SourceColumn[] = [];
  const names = [
    ...mapping.columns.flatMap((column) => inputsOf(column.value)),
    ...(mapping.where?.inputs ?? []),
  ];
  for (const name of mapping.shape === 'rows' ? withExpansion(mapping, names) : names) {
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

/** What each row of a set has besides comes last: it is not selected. */
function withExpansion({ expansion }: RowsMapping, names: readonly string[]): string[] {
  const added = Object.keys(expansion.fields);
  return [...expansion.inputs, ...names.filter((name) => !added.includes(name)), ...added];
}

/** The source columns that an expression reads. */
export function inputsOf(expression: Expression): string[] {
  switch (expression.kind) {
    case 'column':
      return [expression.column];
    case 'transform':
    case 'uuid':
      return expression.inputs;
    case 'reference':
      return [expression.input, expression.found];
    case 'extra':
      if (expression.columns === 'unmapped')
        throw new RangeError('a mapping is resolved before it is compiled');
      return [...expression.columns];
    case 'constant':
    case 'flags':
      return [];
  }
}

function rowBound(mapping: Mapping, outputs: CompiledOutput[]): (rawBytes: number) => number {
  const probes = [1, 2, 3, 4, 8, 16, 64, 1024, 65536];
  let fixed = 2;
  let perByte = 0;
  for (const [index, output] of outputs.entries()) {
    const bound = output.codec ?? boundOfComputed(mapping.columns[index]!, output);
    const empty = bound.maxBytes(0);
    fixed += Math.max(empty, 4);
    const slope = Math.max(...probes.map((length) => (bound.maxBytes(length) - empty) / length));
    // A pass-through reads each byte once; a computed output may read bytes that others read too.
    if (output.codec) perByte = Math.max(perByte, slope);
    else perByte += slope;
  }
  return (rawBytes) => Math.ceil(fixed + perByte * rawBytes) + 16;
}

function boundOfComputed(
  { value, target }: { value: Expression; target: TargetColumn },
  { extra }: Pick<CompiledOutput, 'extra'>,
): { maxBytes(length: number): number } {
  if (extra) return extra;
  if (value.kind === 'flags') return { maxBytes: () => MAX_FLAGS_BYTES };
  const writer = valueWriter(target.type);
  // A transform may lengthen its text; three times and a kilobyte cover every built-in one, and the caller checks the end.
  return { maxBytes: (length) => writer.maxBytes(3 * length + 1024) };
}
