/** Faults of a profile's own functions: told with the place in the profile, and without what they say, which may quote a value. */
import { TransfuseError } from '../core/errors.ts';
import { ValueRefused } from '../core/reject-reasons.ts';
import type { ColumnMapping, Expansion, Mapping, RowsMapping, Transform } from './mapping.ts';

/** The mapping with functions that throw nothing but ValueRefused and TransfuseError (PROFILE_FAULT). */
export function guarded<M extends Mapping>(mapping: M): M {
  const columns = mapping.columns.map((column): ColumnMapping => {
    const { value, target } = column;
    if (value.kind !== 'transform') return column;
    const at = `The transform ${value.transform.name.slice(0, MAX_NAME)} of ${mapping.id}.${target.name}`;
    return { ...column, value: { ...value, transform: guardedTransform(value.transform, at, mapping.id) } };
  });
  const { where } = mapping;
  const expansion = mapping.shape === 'rows' && { expansion: guardedExpansion(mapping) };
  if (!where) return { ...mapping, columns, ...expansion };
  const at = `The filter of ${mapping.id}`;
  const accepts: typeof where.accepts = (...inputs) => {
    try {
      return where.accepts(...inputs);
    } catch (error) {
      throw asFault(error, at, mapping.id);
    }
  };
  return { ...mapping, columns, where: { ...where, accepts }, ...expansion };
}

const MAX_NAME = 80;

function guardedExpansion({ id, expansion }: RowsMapping): Expansion {
  const at = `The expansion of ${id}`;
  const width = Object.keys(expansion.fields).length;
  const isRow = (row: unknown): boolean =>
    Array.isArray(row) &&
    row.length === width &&
    row.every((value) => value === null || typeof value === 'string');
  return {
    ...expansion,
    rows: (...inputs) => {
      let rows: ReturnType<Expansion['rows']>;
      try {
        rows = expansion.rows(...inputs);
      } catch (error) {
        throw asFault(error, at, id);
      }
      if (Array.isArray(rows) && rows.every(isRow)) return rows;
      throw fault(`${at} has to give a list of rows, each of ${width} texts or nulls.`, id);
    },
  };
}

function guardedTransform(transform: Transform, at: string, mapping: string): Transform {
  return {
    ...transform,
    apply: (...inputs) => {
      let result: unknown;
      try {
        result = transform.apply(...inputs);
      } catch (error) {
        throw asFault(error, at, mapping);
      }
      if (result === null || typeof result === 'string') return result;
      throw fault(
        `${at} gave ${result === undefined ? 'nothing' : `a ${typeof result}`}: it has to give a text, or null.`,
        mapping,
      );
    },
  };
}

function asFault(error: unknown, at: string, mapping: string): Error {
  if (error instanceof ValueRefused || error instanceof TransfuseError) return error;
  const { name, stack } = Object(error) as { name?: unknown; stack?: unknown };
  const kind = typeof name === 'string' && /^\w{1,40}$/.test(name) ? name : 'something';
  const [, place] = /\(?(?:file:\/\/)?([^\s()]+:\d+:\d+)\)?\s*$/m.exec(frames(stack)) ?? [];
  return fault(
    `${at} threw ${kind}${place === undefined ? '' : ` at ${place}`}. What it said may quote a value, and is left out.`,
    mapping,
  );
}

/** Without the message, which stands before the first frame and may have several lines. */
function frames(stack: unknown): string {
  const text = typeof stack === 'string' ? stack : '';
  return /^\s+at .*$/m.exec(text)?.[0] ?? '';
}

function fault(message: string, mapping: string): TransfuseError {
  return new TransfuseError('PROFILE_FAULT', message, { where: { mapping } });
}
