import type { TextComparison } from './text-comparison.ts';

/** The classes of values within which comparison means the same on both sides. */
export type ValueClass =
  | 'integer'
  | 'number'
  | 'text'
  | 'date'
  | 'datetime'
  | 'instant'
  | 'json'
  | 'condition'
  | 'literal'
  /** Can only be asked whether it is NULL. */
  | 'other';

export function valueClassOf(targetType: string): ValueClass {
  if (/^(smallint|integer|bigint)$/.test(targetType)) return 'integer';
  if (/^(numeric|real|double precision)/.test(targetType) && !targetType.endsWith('[]')) return 'number';
  if (targetType === 'text' || targetType.startsWith('character varying')) return 'text';
  if (targetType === 'date') return 'date';
  if (targetType.startsWith('timestamp'))
    return targetType.endsWith('with time zone') ? 'instant' : 'datetime';
  return targetType === 'jsonb' ? 'json' : 'other';
}

export function isNumeric(valueClass: ValueClass): boolean {
  return valueClass === 'integer' || valueClass === 'number';
}

/** SQL with what is known of its value. */
export interface Term {
  sql: string;
  class: ValueClass;
  /** How the source compares it, where it is text. */
  comparison: TextComparison | null;
  /** Set for a string of the source that has not met its type yet. */
  literal: string | null;
}
