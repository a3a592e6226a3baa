/** A target made from a source catalog that exists nowhere, and changes to it that no server made. */
import type { ForeignWritePolicy } from '../../src/config/settings.ts';
import { startRun } from '../../src/ledger/runs.ts';
import { ensureLedger } from '../../src/ledger/ddl.ts';
import { recordLoad } from '../../src/ledger/loads.ts';
import { makePlan } from '../../src/mapping/plan.ts';
import type { Profile } from '../../src/mapping/mapping.ts';
import type { BinlogPosition } from '../../src/core/position.ts';
import type { SourceTable } from '../../src/mysql/catalog-model.ts';
import type { SourceServer } from '../../src/mysql/server-version.ts';
import { openTarget, type TargetConnection } from '../../src/postgres/connection.ts';
import { mirrorSchema } from '../../src/profiles/mirror/ddl/mirror-schema.ts';
import { mirrorProfile } from '../../src/profiles/mirror/mirror-profile.ts';
import { createSchema } from '../../src/schema/create-schema.ts';
import type { Overwritten } from '../../src/sync/apply/foreign-check.ts';
import { TargetApplier } from '../../src/sync/apply/target-applier.ts';
import { ChangeBatch } from '../../src/sync/change-batch.ts';
import { planSync, type SyncPlan } from '../../src/sync/plan-sync.ts';
import type { SyncMapping } from '../../src/sync/sync-mapping.ts';
import { BufferPool } from '../../streams/buffer-pool.ts';
import { createTargetDatabase, type TestDatabase } from './databases.ts';
import { mirrorOptions, sourceCatalog } from './source-catalog.ts';
import { targetSettings } from './target-settings.ts';
import { rowPayload } from './text-protocol.ts';

/** A row's values by column, as MySQL would write them; a column that is left out is NULL. */
export type TestRow = Record<string, string | Buffer | null>;

/** `before` alone is a delete, `after` alone an insert; neither, the table is truncated. */
export interface TestChange {
  table: string;
  before?: TestRow;
  after?: TestRow;
}

export const MARIADB: SourceServer = { flavor: 'mariadb', version: '10.11.0', versionNumber: 101_100 };
export const MYSQL: SourceServer = { flavor: 'mysql', version: '9.7.0', versionNumber: 90_700 };
export const START = position(4);

export function position(offset: number): BinlogPosition {
  return {
    file: 'binlog.000001',
    offset: String(offset),
    gtidSet: null,
    serverUuid: null,
    recordedAt: '2026-01-01T00:00:00.000Z',
  };
}

export interface ApplyCase extends AsyncDisposable {
  database: TestDatabase;
  runId: string;
  plan: SyncPlan;
  /** Rows of others that were overwritten so far. */
  overwritten: readonly Overwritten[];
  connect(): Promise<TargetConnection>;
  open(connection?: TargetConnection): Promise<TargetApplier>;
  batch(changes?: readonly TestChange[]): ChangeBatch;
  /** Adds changes as one source transaction. */
  add(batch: ChangeBatch, changes: readonly TestChange[]): void;
  /** All of it in one batch, by one applier. */
  apply(...changes: TestChange[]): Promise<void>;
  /** The rows of a table as text, in the order of its first column. */
  rows(table: string): Promise<(string | null)[][]>;
}

interface CaseOptions {
  server?: SourceServer;
  profile?: Profile;
  /** Run on the target when its tables are there. */
  alter?: string;
  foreignWrites?: ForeignWritePolicy;
}

/** The mirror of these tables, empty, with all its constraints. */
export async function openApplyCase(
  tables: SourceTable[],
  { server = MARIADB, profile = mirrorProfile, alter, foreignWrites = 'warn' }: CaseOptions = {},
): Promise<ApplyCase> {
  const database = await createTargetDatabase();
  const settings = targetSettings(database.config, database.config.database);
  const application = { applicationName: 'transfuse test' };
  const options = mirrorOptions();
  const source = sourceCatalog(tables);
  await createSchema({ settings, schemaPlan: mirrorSchema(source, options), connection: application });
  if (alter !== undefined) await database.query(alter);
  const connections: TargetConnection[] = [];
  const connect = async (): Promise<TargetConnection> => {
    const connection = await openTarget(settings, application);
    connections.push(connection);
    return connection;
  };
  const first = await connect();
  await ensureLedger(first);
  const run = await startRun(first, {
    profile: profile.name,
    source: { host: 'nowhere', port: 1, database: 'clinic' },
    startPosition: START,
    options: {},
    toolVersion: 'test',
  });
  const made = makePlan(profile, source, options);
  for (const { mapping, table, fingerprint } of made.mappings) {
    const load = {
      mapping: mapping.id,
      sourceTable: table.name,
      targetSchema: mapping.target.schema,
      targetTable: mapping.target.table,
      fingerprint,
      keyColumns: [],
      definition: table,
      startPosition: null,
    };
    await recordLoad(first, run.id, load, [{ chunk: 0, lower: null, upper: null }]);
  }
  const plan = planSync(made, server);
  const pool = new BufferPool(1 << 16, 4);
  const overwritten: Overwritten[] = [];
  const open = async (connection?: TargetConnection): Promise<TargetApplier> =>
    TargetApplier.open({
      target: connection ?? (await connect()),
      runId: run.id,
      plan,
      startPosition: START,
      foreignWrites,
      onOverwritten: (found) => overwritten.push(...found),
    });
  const add = (batch: ChangeBatch, changes: readonly TestChange[]): void => {
    for (const change of changes) {
      const mappings = plan.mappings.filter(({ planned }) => planned.table.name === change.table);
      for (const mapping of mappings) addChange(batch, mapping, change);
    }
    batch.endTransaction(position(1000 + batch.log.length));
  };
  const newBatch = (changes?: readonly TestChange[]): ChangeBatch => {
    const batch = new ChangeBatch(plan.mappings, pool);
    if (changes) add(batch, changes);
    return batch;
  };
  let applier: TargetApplier | undefined;
  const close = async (): Promise<void> => {
    await Promise.all(connections.map((connection) => connection.close()));
    await database.drop();
  };
  return {
    database,
    runId: run.id,
    plan,
    overwritten,
    connect,
    open,
    batch: newBatch,
    add,
    async apply(...changes) {
      try {
        applier ??= await open();
        await applier.apply(newBatch(changes), {
          position: position(2000),
          sourceCommittedAt: new Date(0),
        });
      } catch (error) {
        applier = undefined;
        throw error;
      }
    },
    async rows(table) {
      const [columns] = await database.query<{ list: string }>(
        `SELECT string_agg(format('%I::text', column_name), ', ' ORDER BY ordinal_position) AS list
         FROM information_schema.columns WHERE table_schema = 'public' AND table_name = $1`,
        [table],
      );
      const rows = await database.query<{ row: (string | null)[] }>(
        `SELECT ARRAY[${columns!.list}] AS row FROM public."${table}" ORDER BY 1`,
      );
      return rows.map(({ row }) => row);
    },
    [Symbol.asyncDispose]: close,
  };
}

function addChange(batch: ChangeBatch, mapping: SyncMapping, { before, after }: TestChange): void {
  const image = (row: TestRow, columns: readonly { name: string }[]) => {
    const buffer = rowPayload(
      columns.map(({ name }) => {
        const value = row[name] ?? null;
        return value === null ? null : Buffer.from(value as string);
      }),
    );
    return { buffer, start: 0, end: buffer.length };
  };
  const was = before ? image(before, mapping.beforeColumns) : null;
  if (after) batch.upsert(mapping, was, image(after, mapping.planned.compiled.sourceColumns));
  else if (was) batch.delete(mapping, was);
  else batch.truncate(mapping);
}
