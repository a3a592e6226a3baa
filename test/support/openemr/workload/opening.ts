/** The highest ids at the source when the practice opens: what is there to be changed, and where new ids begin. */
import { OPENEMR_VERSIONS, sourceColumns, type OpenemrVersion } from '../source-tables.ts';

/**
 * The columns with the numbers that tell the rows of a table from each other, by the name that the scripts know them by. Further ones
 * are unique by a number of rows that may be gone: it is not given again.
 */
const NUMBERS = {
  ...sameName(
    ['history_data', 'id'],
    ['employer_data', 'id'],
    ['patient_history', 'id'],
    ['insurance_data', 'id'],
    ['insurance_companies', 'id'],
    ['addresses', 'id'],
    ['phone_numbers', 'id'],
    ['contact', 'id'],
    ['contact_address', 'id'],
    ['contact_telecom', 'id'],
    ['contact_relation', 'id'],
    ['person', 'id'],
    ['patient_access_onsite', 'id'],
    ['groups', 'id'],
    ['facility', 'id'],
    ['facility_user_ids', 'id'],
    ['calendar_external', 'id'],
    ['openemr_postcalendar_categories', 'pc_catid'],
    ['openemr_postcalendar_events', 'pc_eid'],
    ['patient_tracker', 'id'],
    ['list_options', 'seq'],
    ['layout_options', 'seq'],
    ['globals', 'gl_index'],
    ['keys', 'id'],
    ['form_encounter', 'id'],
    ['forms', 'id'],
    ['esign_signatures', 'id'],
    ['form_vitals', 'id'],
    ['form_vital_details', 'id'],
    ['form_soap', 'id'],
    ['form_clinical_notes', 'id'],
    ['form_dictation', 'id'],
    ['form_ros', 'id'],
    ['form_reviewofs', 'id'],
    ['lbf_data', 'form_id'],
    ['transactions', 'id'],
    ['lists', 'id'],
    ['lists_medication', 'id'],
    ['issue_encounter', 'id'],
    ['prescriptions', 'id'],
    ['immunizations', 'id'],
    ['procedure_providers', 'ppid'],
    ['procedure_order', 'procedure_order_id'],
    ['procedure_report', 'procedure_report_id'],
    ['procedure_result', 'procedure_result_id'],
    ['documents', 'id'],
    ['categories', 'id'],
    ['pnotes', 'id'],
    ['onsite_mail', 'id'],
  ),
  patient_data: [
    ['patient_data', 'pid'],
    ['patient_access_onsite', 'pid'],
    ['insurance_data', 'pid'],
  ],
  users: [
    ['users', 'id'],
    ['users_secure', 'id'],
  ],
  encounter: [['form_encounter', 'encounter']],
  /** Of the rows of one appointment with several providers. */
  pc_multiple: [['openemr_postcalendar_events', 'pc_multiple']],
} as const;

export type IdName = keyof typeof NUMBERS;

/** 0 where there are none. */
export type Opening = Readonly<Record<IdName, number>>;

interface SqlReader {
  query(sql: string): Promise<readonly object[]>;
}

/** Ids from here on belong to the traps: no desk picks one of them, or gives one. */
const FIRST_TRAP = 900_000_000;

/** Reads the highest ids. Rows of traps do not count. */
export async function readOpening(source: SqlReader, version: OpenemrVersion): Promise<Opening> {
  const opening: Partial<Record<IdName, number>> = {};
  for (const [name, columns] of Object.entries(NUMBERS)) {
    let last = 0;
    for (const [table, column] of columns) {
      const isThere = sourceColumns(version).get(table)?.includes(column);
      if (isThere) last = Math.max(last, await highest(source, table, column));
    }
    opening[name as IdName] = last;
  }
  return opening as Opening;
}

/** Whether any version has the table. A few occur at some sites alone: their changes wait for a DDL that has them. */
export function isKnownTable(table: string): boolean {
  return OPENEMR_VERSIONS.some((version) => sourceColumns(version).has(table));
}

async function highest(source: SqlReader, table: string, column: string): Promise<number> {
  const [row] = await source.query(
    `SELECT MAX(\`${column}\`) AS n FROM \`${table}\` WHERE \`${column}\` < ${FIRST_TRAP}`,
  );
  return Number((row as { n: unknown } | undefined)?.n ?? 0);
}

type TableColumn<Table extends string> = readonly [table: Table, column: string];

function sameName<Table extends string>(
  ...numbers: TableColumn<Table>[]
): Record<Table, readonly TableColumn<Table>[]> {
  const named: Partial<Record<Table, TableColumn<Table>[]>> = {};
  for (const number of numbers) named[number[0]] = [number];
  return named as Record<Table, readonly TableColumn<Table>[]>;
}
