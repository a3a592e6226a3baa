/** The counts of a verified mapping, as the console and the report show them. */
import type { MappingResult } from '../verify/mapping-result.ts';

export const COUNT_TITLES = [
  'read',
  'filtered',
  'rejected',
  'expected',
  'in target',
  'missing',
  'differ',
  'extra',
];
/** The first of them that is to be 0. */
export const FIRST_DIFFERENCE = 5;

type Counted = Pick<
  MappingResult,
  | 'rowsRead'
  | 'rowsFiltered'
  | 'rowsRejected'
  | 'rowsExpected'
  | 'rowsActual'
  | 'missing'
  | 'notRejected'
  | 'differs'
  | 'extra'
>;

/** In the order of the titles. */
export function countsOf(mapping: Counted): number[] {
  const {
    rowsRead,
    rowsFiltered,
    rowsRejected,
    rowsExpected,
    rowsActual,
    missing,
    notRejected,
    differs,
    extra,
  } = mapping;
  return [
    rowsRead,
    rowsFiltered,
    rowsRejected,
    rowsExpected,
    rowsActual,
    missing + notRejected,
    differs,
    extra,
  ];
}
