/** That the same source gives the same rows, ids and all, however it is read: whatever the loads, in whatever pieces, and however much. */
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { sourceFlavors } from '../support/databases.ts';
import { queryTarget } from '../support/database-sessions.ts';
import {
  OPENEMR,
  openOpenemrCase,
  SERVICE_SCHEMAS,
  type OpenemrCase,
  type ServiceSchema,
} from '../support/openemr/openemr-case.ts';
import type { CommandOutcome } from '../support/run-command.ts';
import { TRAPS } from '../support/openemr/traps/index.ts';

/** Of two loads, one of them in very many pieces. */
const TIMEOUT_MS = 240_000;

const READS_EVERYTHING = ['--profile', path.resolve('dist/test/support/openemr/reads-everything.js')];

const ALL = Object.values(TRAPS).flat();

/** Names of databases, by the variable that names them. */
type Names = Readonly<Record<string, string>>;

const DATABASE_OF: Readonly<Record<ServiceSchema, string>> = {
  patient: 'TARGET_DB_NAME',
  doctor: 'TARGET_DOCTOR_DB_NAME',
  appointment: 'TARGET_APPOINTMENT_DB_NAME',
  medical_records: 'TARGET_MEDICAL_RECORDS_DB_NAME',
};

function databasesNamed(prefix: string): Names {
  return Object.fromEntries(
    SERVICE_SCHEMAS.map((schema) => [
      DATABASE_OF[schema],
      schema === 'patient' ? prefix : `${prefix}_${schema}`,
    ]),
  );
}

/** A second set of databases beside that of the case, which goes with it. */
async function secondTarget({ target }: OpenemrCase): Promise<{ names: Names } & AsyncDisposable> {
  const prefix = `${target.database}_again`;
  const administrator = { ...target, database: 'postgres' };
  await queryTarget(administrator, `CREATE DATABASE "${prefix}" TEMPLATE template0`);
  const names = databasesNamed(prefix);
  return {
    names,
    async [Symbol.asyncDispose]() {
      for (const name of Object.values(names))
        await queryTarget(administrator, `DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`);
    },
  };
}

/** The rows of every table that has some, by its name: as texts, in order. */
async function rowsOf({ target }: OpenemrCase, names: Names): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  for (const schema of SERVICE_SCHEMAS) {
    const database = { ...target, database: names[DATABASE_OF[schema]]! };
    const tables = await queryTarget<{ name: string }>(
      database,
      `SELECT oid::regclass::text AS name FROM pg_class WHERE relnamespace = $1::regnamespace AND relkind = 'r'`,
      [schema],
    );
    for (const { name } of tables) {
      const rows = await queryTarget<{ row: string }>(
        database,
        `SELECT to_jsonb(t)::text AS row FROM ${name} t ORDER BY 1`,
      );
      if (rows.length > 0)
        found.set(
          name,
          rows.map(({ row }) => row),
        );
    }
  }
  return found;
}

/** What a load says of each mapping. */
function countsOf({ stdout }: CommandOutcome): Record<string, unknown> {
  const { result } = JSON.parse(stdout) as { result: { databases: { mappings: LoadedMapping[] }[] } };
  const mappings = result.databases.flatMap((database) => database.mappings);
  return Object.fromEntries(
    mappings.map(({ mapping, rowsRead, rowsLoaded, rowsFiltered, rowsRejected }) => [
      mapping,
      { rowsRead, rowsLoaded, rowsFiltered, rowsRejected },
    ]),
  );
}

interface LoadedMapping extends Record<'rowsRead' | 'rowsLoaded' | 'rowsFiltered' | 'rowsRejected', number> {
  mapping: string;
}

describe.each(sourceFlavors())('rows of the profile openemr, from %s', (flavor) => {
  const version = flavor === 'mariadb' ? '8' : '5.0';

  it(
    `are the same in every load, of version ${version}, and whatever the filters leave at the source [invariants 1, 5]`,
    { timeout: TIMEOUT_MS },
    async () => {
      await using databases = await openOpenemrCase({ flavor, version, patients: 30, traps: ALL });
      await using again = await secondTarget(databases);

      const load = async (profile: readonly string[], changes: Names): Promise<Record<string, unknown>> => {
        await databases.succeed('schema', profile, changes);
        return countsOf(await databases.succeed('bulk', [...profile, '--json'], changes));
      };
      const once = await load(OPENEMR, { JOBS: '1', CHUNK_ROWS: '100000' });
      const inPieces = await load(READS_EVERYTHING, { JOBS: '3', CHUNK_ROWS: '31', ...again.names });
      expect(inPieces).toEqual(once);

      const first = await rowsOf(databases, databasesNamed(databases.target.database));
      const second = await rowsOf(databases, again.names);
      expect(first.size).toBeGreaterThan(0);
      expect([...second.keys()].toSorted()).toEqual([...first.keys()].toSorted());
      for (const [table, rows] of first) expect(second.get(table), table).toEqual(rows);
    },
  );
});
