import { runSqlFile } from '../sql-file.ts';
import { generateOpenemr, OPENEMR_SESSION, type GenerateOptions } from './generate.ts';
import { ddlFile } from './source-tables.ts';
import { trapStatements, type Trap } from './traps/trap.ts';

interface SqlRunner {
  query(sql: string): Promise<unknown>;
}

export interface FillOptions extends GenerateOptions {
  /** To plant besides; none if not said. Those of other versions are left out. */
  traps?: readonly Trap[];
}

/** Makes the tables and fills them, on one connection to an empty database, which keeps the session settings of OpenEMR. */
export async function fillOpenemr(connection: SqlRunner, options: FillOptions): Promise<void> {
  const { version, traps = [] } = options;
  await connection.query(OPENEMR_SESSION);
  await runSqlFile(connection, ddlFile(version));
  for await (const statement of generateOpenemr(options)) await connection.query(statement);
  for (const trap of traps) {
    for (const statement of trapStatements(trap, version)) await connection.query(statement);
  }
}
