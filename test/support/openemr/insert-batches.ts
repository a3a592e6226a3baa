import { insertInto, sqlLiteral, type SourceRow } from './source-row.ts';
import { columnsInVersion, type OpenemrVersion } from './source-tables.ts';

const STATEMENT_CHARACTERS = 256 * 1024;

interface Pending {
  /** Of the rows as they are given, and those of them that this version has. */
  given: number;
  columns: string[];
  rows: string[];
  characters: number;
}

/**
 * Collects rows into INSERT statements of a quarter of a megabyte. Rows of tables, and values of columns, that this version does not
 * have are left out. All rows of a table must have the same columns.
 */
export class InsertBatches {
  readonly #version: OpenemrVersion;
  readonly #pending = new Map<string, Pending>();

  constructor(version: OpenemrVersion) {
    this.#version = version;
  }

  readonly add = (table: string, row: SourceRow): void => {
    const pending = this.#pending.get(table) ?? this.#begin(table, row);
    if (pending.columns.length === 0) return;
    if (Object.keys(row).length !== pending.given)
      throw new Error(`Rows of ${table} differ in their columns`);
    let values = '';
    for (const column of pending.columns) {
      const value = row[column];
      if (value === undefined) throw new Error(`A row of ${table} has no ${column}`);
      values += values === '' ? sqlLiteral(value) : `,${sqlLiteral(value)}`;
    }
    pending.rows.push(`(${values})`);
    pending.characters += values.length;
  };

  /** Statements of what has come to a statement's size. */
  full(): Generator<string> {
    return this.#take(STATEMENT_CHARACTERS);
  }

  /** Statements of all that is left. */
  rest(): Generator<string> {
    return this.#take(1);
  }

  #begin(table: string, row: SourceRow): Pending {
    const names = Object.keys(row);
    const columns = columnsInVersion(table, names, this.#version);
    const pending = {
      given: names.length,
      columns,
      rows: [],
      characters: 0,
    };
    this.#pending.set(table, pending);
    return pending;
  }

  *#take(minCharacters: number): Generator<string> {
    for (const [table, pending] of this.#pending) {
      if (pending.characters < minCharacters) continue;
      yield insertInto(table, pending.columns) + pending.rows.join(',');
      pending.rows = [];
      pending.characters = 0;
    }
  }
}
