/** The tables of both version lines, as their DDL has them: what the rows of the generator and the traps are held against. */
import fs from 'node:fs';
import path from 'node:path';

/** 5.0 is 5.0.2; 8 is the present one. */
export type OpenemrVersion = '5.0' | '8';

export const OPENEMR_VERSIONS: readonly OpenemrVersion[] = ['5.0', '8'];

const FILES: Readonly<Record<OpenemrVersion, string>> = { '5.0': 'openemr-5.sql', '8': 'openemr-8.sql' };

/** To be run into an empty database, with sql_mode = ''. */
export function ddlFile(version: OpenemrVersion): string {
  return path.join(import.meta.dirname, FILES[version]);
}

/** Columns by table, both in the order of the DDL. */
export function sourceColumns(version: OpenemrVersion): ReadonlyMap<string, readonly string[]> {
  let columns = known.get(version);
  if (!columns) known.set(version, (columns = parse(fs.readFileSync(ddlFile(version), 'utf8'))));
  return columns;
}

/**
 * Of the names those that are columns of the table in this version. Throws for one that it has in no version: a value would be
 * left away without a word.
 */
export function columnsInVersion(table: string, names: readonly string[], version: OpenemrVersion): string[] {
  for (const name of names) {
    if (!OPENEMR_VERSIONS.some((any) => sourceColumns(any).get(table)?.includes(name)))
      throw new Error(`No version has the column ${table}.${name}`);
  }
  const present = sourceColumns(version).get(table);
  return present ? names.filter((name) => present.includes(name)) : [];
}

const known = new Map<OpenemrVersion, Map<string, string[]>>();
const TABLE = /^CREATE TABLE `?(\w+)`? \(\n(.*?)^\)/gms;
const COLUMN = /^ {2}(?!(?:PRIMARY|UNIQUE|KEY) )`?(\w+)`? /gm;

function parse(ddl: string): Map<string, string[]> {
  return new Map(
    Array.from(ddl.matchAll(TABLE), ([, table, body]) => [
      table!,
      Array.from(body!.matchAll(COLUMN), ([, column]) => column!),
    ]),
  );
}
