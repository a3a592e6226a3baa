/** Statements of one version: what it does not have is left out of them. A list is empty where nothing is left. */
import { insertInto, sqlLiteral, type SourceRow, type SourceValue } from '../source-row.ts';
import { columnsInVersion, sourceColumns, type OpenemrVersion } from '../source-tables.ts';
import { isKnownTable } from './opening.ts';

/** Set by the server when a row is made or changed, so that the rows would depend on its clock. */
const MADE = ['date_created', 'created_date', 'created_at', 'timestamp'];
const TOUCHED = [
  'last_updated',
  'last_update',
  'modifydate',
  'pc_last_updated',
  'update_date',
  'updated_at',
  'updated_date',
  'revision',
];

export class Statements {
  readonly #version: OpenemrVersion;
  readonly #now: () => string;

  constructor(version: OpenemrVersion, now: () => string) {
    this.#version = version;
    this.#now = now;
  }

  insert(table: string, row: SourceRow): string[] {
    const values = this.#inVersion(table, { ...this.#times(table, [...MADE, ...TOUCHED]), ...row });
    const columns = Object.keys(values);
    if (columns.length === 0) return [];
    return [`${insertInto(table, columns)}(${Object.values(values).map(sqlLiteral).join(',')})`];
  }

  /** Not where its key is taken: what the application looks for before it writes. */
  insertUnlessTaken(table: string, row: SourceRow): string[] {
    return this.insert(table, row).map((sql) => sql.replace('INSERT', 'INSERT IGNORE'));
  }

  /** `where` names the columns of the condition, all of which have to be equal. */
  update(table: string, where: SourceRow, changes: SourceRow): string[] {
    const condition = this.#condition(table, where);
    const values = this.#inVersion(table, changes);
    if (condition === null || Object.keys(values).length === 0) return [];
    const assignments = Object.entries({ ...this.#times(table, TOUCHED), ...values }).map(
      ([column, value]) => `\`${column}\` = ${sqlLiteral(value)}`,
    );
    return [`UPDATE \`${table}\` SET ${assignments.join(', ')} WHERE ${condition}`];
  }

  /** Rows whose new key is taken stay as they are. */
  updateUnlessTaken(table: string, where: SourceRow, changes: SourceRow): string[] {
    return this.update(table, where, changes).map((sql) => sql.replace('UPDATE', 'UPDATE IGNORE'));
  }

  delete(table: string, where: SourceRow): string[] {
    const condition = this.#condition(table, where);
    return condition === null ? [] : [`DELETE FROM \`${table}\` WHERE ${condition}`];
  }

  /** Null where the version does not have a column of it. */
  #condition(table: string, where: SourceRow): string | null {
    const conditions = Object.entries(this.#inVersion(table, where)).map(([column, value]) =>
      value === null ? `\`${column}\` IS NULL` : `\`${column}\` = ${sqlLiteral(value)}`,
    );
    return conditions.length === Object.keys(where).length ? conditions.join(' AND ') : null;
  }

  #inVersion(table: string, row: SourceRow): Record<string, SourceValue> {
    if (!isKnownTable(table)) return {};
    const columns = columnsInVersion(table, Object.keys(row), this.#version);
    return Object.fromEntries(columns.map((column) => [column, row[column]!]));
  }

  #times(table: string, columns: readonly string[]): SourceRow {
    const present = sourceColumns(this.#version).get(table) ?? [];
    const now = this.#now();
    return Object.fromEntries(
      columns.filter((column) => present.includes(column)).map((column) => [column, now]),
    );
  }
}
