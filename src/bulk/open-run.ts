/** Before the first row: whether the target can take the load, and which run it belongs to. */
import { TransfuseError } from '../core/errors.ts';
import { failpoint } from '../core/failpoints.ts';
import type { BinlogPosition } from '../core/position.ts';
import { VERSION } from '../core/version.ts';
import { ensureLedger } from '../ledger/ddl.ts';
import { readLoads, type Load } from '../ledger/loads.ts';
import { latestRun, recordStartPosition, startRun, type Run, type SourceIdentity } from '../ledger/runs.ts';
import type { SourceConnection } from '../mysql/connection.ts';
import { readBinlogPosition } from '../mysql/position.ts';
import { readTargetCatalog } from '../postgres/catalog.ts';
import type { TargetConnection } from '../postgres/connection.ts';
import type { BulkContext, BulkOptions } from './bulk-context.ts';
import type { BulkObserver } from './bulk-report.ts';
import { refuseVanishedTables } from './source-check.ts';
import { checkTargetEmpty, checkTargetTables } from './target-check.ts';

/** Throws when the target cannot take the plan; makes the ledger where it is missing. */
export async function checkTarget({ options, session }: BulkContext): Promise<void> {
  const { plan } = options;
  await session.run(async (target) => {
    const catalog = await readTargetCatalog(target, plan.options.targetSchema, { withRows: false });
    if (catalog.encoding !== 'UTF8') {
      throw new TransfuseError(
        'TARGET_ENCODING',
        `The target database ${catalog.database} is encoded in ${catalog.encoding}, not UTF8.`,
      );
    }
    checkTargetTables(plan.mappings, catalog);
    await ensureLedger(target);
  });
}

/** The run of this profile and source that is in the ledger, or a new one with P0. */
export async function openRun({
  options,
  session,
  source,
}: BulkContext): Promise<{ run: Run; loads: Map<string, Load> }> {
  const { settings, plan, observer } = options;
  const { host, port, database } = settings.source;
  const identity: SourceIdentity = { host, port, database };
  return session.run(async (target) => {
    const latest = await latestRun(target);
    let run = latest;
    if (!latest || latest.profile !== plan.profile.name || !sameSource(latest.source, identity)) {
      await refuseForeignRows(options, target, new Map());
      const startPosition = await source.run((connection) => readPositionIfPossible(connection, observer));
      run = await startRun(target, {
        profile: plan.profile.name,
        source: identity,
        startPosition,
        toolVersion: VERSION,
      });
      failpoint('bulk.after-run-recorded');
    }
    const loads = await readLoads(target, run!.id);
    if (run!.startPosition === null && loads.size === 0 && run === latest) {
      run = { ...run!, startPosition: await source.run((link) => readPositionIfPossible(link, observer)) };
      if (run.startPosition) await recordStartPosition(target, run.id, run.startPosition);
    }
    refuseVanishedTables(plan, loads);
    await refuseForeignRows(options, target, loads);
    return { run: run!, loads };
  });
}

async function refuseForeignRows(
  { plan, replace }: BulkOptions,
  target: TargetConnection,
  loads: Map<string, Load>,
): Promise<void> {
  if (replace) return;
  const catalog = await readTargetCatalog(target, plan.options.targetSchema);
  checkTargetEmpty(plan.mappings, catalog, (mapping) => loads.has(mapping));
  for (const { mapping, fingerprint, table } of plan.mappings) {
    const load = loads.get(mapping.id);
    if (!load || load.state === 'complete' || load.fingerprint === fingerprint) continue;
    throw new TransfuseError(
      'SOURCE_TABLE_CHANGED',
      `The load of ${table.name} was begun under another plan: its columns, or the policies for its values, have changed since.`,
      {
        where: { table: table.name },
        fix: `Run bin/schema, then bin/bulk --tables ${table.name} --replace.`,
      },
    );
  }
}

function sameSource(a: SourceIdentity, b: SourceIdentity): boolean {
  return a.host === b.host && a.port === b.port && a.database === b.database;
}

/** A source without a binlog can be loaded, but not followed. A binlog that may not be seen is the same, and said. */
async function readPositionIfPossible(
  source: SourceConnection,
  observer: BulkObserver,
): Promise<BinlogPosition | null> {
  try {
    const position = await readBinlogPosition(source);
    if (!position)
      observer.onNote('The source keeps no binlog: what changes there during the load will be missed.');
    return position;
  } catch (error) {
    if (!(error instanceof TransfuseError) || error.code !== 'SOURCE_ACCESS_DENIED') throw error;
    observer.onNote(
      `The position of the binlog could not be read, so sync cannot follow this load. ${error.fix}`,
    );
    return null;
  }
}
