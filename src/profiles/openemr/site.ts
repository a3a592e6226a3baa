/** What the mappings need to know of the site that is moved: which version's tables it has, and what its operator has said. */
import { TransfuseError } from '../../core/errors.ts';
import type { FieldKey } from '../../mapping/field-crypto.ts';
import type { MappingOptions, OrphanPolicy } from '../../mapping/mapping.ts';
import type { SourceCatalog } from '../../mysql/catalog-model.ts';

export interface Site {
  /** IANA name of the zone whose wall clock the legacy system shows. */
  timeZone: string;
  /** `YYYY-MM-DD`: what is over, current or still to come is judged by it. */
  cutoverDate: string;
  /** Of rows that need a parent which is not there. */
  orphans: OrphanPolicy;
  fieldKey: FieldKey;
  /**
   * Whether the source has the table, or the column of it. A column of a table other than the mapping's own whose presence was asked
   * for has to be named by `like` or a watch where it is there: that is what later commands know of it.
   */
  has(table: string, column?: string): boolean;
}

/** Throws CONFIG_INVALID naming everything that the operator has not said. */
export function siteOf(source: SourceCatalog, options: MappingOptions, fieldKey: FieldKey): Site {
  const { timeZone, cutoverDate, orphans, policies } = options;
  if (timeZone === null || cutoverDate === null || policies.nul !== 'strip') {
    const missing = [
      timeZone === null && 'SOURCE_TIME_ZONE',
      cutoverDate === null && 'CUTOVER_DATE',
      policies.nul !== 'strip' && 'NUL_POLICY=strip',
    ];
    throw new TransfuseError(
      'CONFIG_INVALID',
      `The profile openemr needs ${missing.filter(Boolean).join(', ')}.`,
      {
        fix: 'SOURCE_TIME_ZONE is the zone of the clinic’s clock (an IANA name such as America/New_York), since the legacy times have none. CUTOVER_DATE is the day on which the new system takes over (YYYY-MM-DD). NUL_POLICY=strip, since texts are cleaned of U+0000, with a flag.',
      },
    );
  }
  const columns = new Map<string, Set<string>>();
  const add = (table: string, names: readonly { name: string }[]): void => {
    const known = columns.get(table) ?? new Set();
    for (const { name } of names) known.add(name);
    columns.set(table, known);
  };
  for (const table of source.tables) {
    add(table.name, table.columns);
    for (const [name, beside] of Object.entries(table.beside ?? {})) add(name, beside);
  }
  return {
    timeZone,
    cutoverDate,
    orphans,
    fieldKey,
    has: (table, column) =>
      column === undefined ? columns.has(table) : columns.get(table)?.has(column) === true,
  };
}
