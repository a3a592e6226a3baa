/** What does not fit between a mapping and the two databases, in names and counts only (invariant 9). */
export interface MappingFinding {
  /** stops: the load cannot begin · loses: values or rows would not arrive · note: to be known. */
  severity: 'stops' | 'loses' | 'note';
  code:
    | 'source-table-missing'
    | 'source-column-missing'
    | 'target-table-missing'
    | 'target-column-missing'
    | 'target-type-differs'
    | 'target-column-not-filled'
    | 'column-not-mapped'
    | 'may-be-too-long'
    | 'null-for-not-null'
    | 'not-followed'
    | 'cannot-be-compiled';
  /** The column that it is about; null for the whole table. */
  column: string | null;
  text: string;
}

export const finding = (
  severity: MappingFinding['severity'],
  code: MappingFinding['code'],
  column: string | null,
  text: string,
): MappingFinding => ({ severity, code, column, text });
