/** A synthetic OpenEMR database, four empty service databases, and the commands between them. */
import { openBulkCase, openSourceSession, type BulkCase, type Changes } from '../bulk-case.ts';
import type { DatabaseAddress } from '../database-address.ts';
import { queryTarget, type Row } from '../database-sessions.ts';
import type { MysqlFlavor } from '../servers/index.ts';
import { fillOpenemr, type FillOptions } from './fill-openemr.ts';

/** The schema of each service, by which its database is found. */
const SERVICES = {
  patient: 'TARGET_DB_NAME',
  doctor: 'TARGET_DOCTOR_DB_NAME',
  appointment: 'TARGET_APPOINTMENT_DB_NAME',
  medical_records: 'TARGET_MEDICAL_RECORDS_DB_NAME',
} as const;

export type ServiceSchema = keyof typeof SERVICES;
export const SERVICE_SCHEMAS = Object.keys(SERVICES) as ServiceSchema[];

export const FIELD_KEY_BYTES = Buffer.alloc(32, 9);
export const OPENEMR = ['--profile', 'openemr'];

export interface OpenemrCase extends BulkCase {
  address(schema: ServiceSchema): DatabaseAddress;
  /** The source as it is now, loaded into databases of their own. */
  again(changes?: Changes): Promise<LoadedAgain>;
  query<Result extends Row = Row>(schema: ServiceSchema, sql: string, values?: unknown[]): Promise<Result[]>;
}

export interface LoadedAgain extends AsyncDisposable {
  address(schema: ServiceSchema): DatabaseAddress;
}

interface OpenemrCaseOptions extends FillOptions {
  flavor: MysqlFlavor;
  changes?: Changes;
  sync?: boolean;
}

export async function openOpenemrCase(options: OpenemrCaseOptions): Promise<OpenemrCase> {
  const { flavor, changes = {}, sync = false, ...fill } = options;
  const names: Record<string, string> = {};
  const base = await openBulkCase({ flavor, sync, changes: names });
  Object.assign(names, {
    FIELD_KEY: FIELD_KEY_BYTES.toString('hex'),
    SOURCE_TIME_ZONE: 'America/New_York',
    CUTOVER_DATE: '2026-01-15',
    NUL_POLICY: 'strip',
    MAX_REJECTS: '1000',
    ...changes,
  });
  const { target } = base;
  const databaseOf = (schema: ServiceSchema): string =>
    schema === 'patient' ? target.database : `${target.database}_${schema}`;
  const drop = async (suffix: string): Promise<void> => {
    for (const schema of SERVICE_SCHEMAS)
      await queryTarget(
        { ...target, database: 'postgres' },
        `DROP DATABASE IF EXISTS "${databaseOf(schema)}${suffix}" WITH (FORCE)`,
      );
  };
  for (const [schema, variable] of Object.entries(SERVICES))
    names[variable] = databaseOf(schema as ServiceSchema);
  const connection = await openSourceSession(base.source);
  try {
    await fillOpenemr(connection, fill);
  } finally {
    connection.destroy();
  }
  const dispose = base[Symbol.asyncDispose].bind(base);
  return Object.assign(base, {
    address: (schema: ServiceSchema) => ({ ...target, database: databaseOf(schema) }),
    again: async (more: Changes = {}) => {
      const others = Object.fromEntries(
        Object.entries(SERVICES).map(([schema, variable]) => [
          variable,
          `${databaseOf(schema as ServiceSchema)}_again`,
        ]),
      );
      await base.succeed('schema', OPENEMR, { ...others, ...more });
      await base.succeed('bulk', sync ? ['--no-sync', ...OPENEMR] : OPENEMR, { ...others, ...more });
      return {
        address: (schema: ServiceSchema) => ({ ...target, database: `${databaseOf(schema)}_again` }),
        [Symbol.asyncDispose]: () => drop('_again'),
      };
    },
    query: <Result extends Row = Row>(schema: ServiceSchema, sql: string, values?: unknown[]) =>
      queryTarget<Result>({ ...target, database: databaseOf(schema) }, sql, values),
    [Symbol.asyncDispose]: async () => {
      await dispose();
      await drop('');
    },
  });
}
