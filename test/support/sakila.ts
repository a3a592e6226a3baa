import fs from 'node:fs';
import path from 'node:path';
import type { SourceDatabase } from './databases.ts';
import { choosesDatabase, runSqlFile } from './sql-file.ts';

/** MySQL's sample database, which is not part of the project: a folder beside it may hold the files. */
const FOLDER = path.resolve('../shared/data');
const FILES = ['sakila-schema.sql', 'sakila-data.sql'].map((name) => path.join(FOLDER, name));

/** Says so in capitals where it is not. */
export function hasSakila(): boolean {
  const found = FILES.every((file) => fs.existsSync(file));
  if (!found) console.warn(`NOT TESTED ON SAKILA: no sakila-schema.sql and sakila-data.sql in ${FOLDER}`);
  return found;
}

/** Loads it into the test's own database: 16 tables, 47,273 rows, 22 foreign keys, 7 views, 6 triggers, 6 routines. */
export async function loadSakila(database: SourceDatabase): Promise<void> {
  // Its triggers write to a MyISAM table in the transaction of an InnoDB one, which a binlog with GTIDs refuses.
  await database.query('SET SESSION sql_log_bin = 0');
  const connection = { query: (sql: string) => database.query(sql.replaceAll('sakila.', '')) };
  for (const file of FILES) await runSqlFile(connection, file, { skip: choosesDatabase });
}
