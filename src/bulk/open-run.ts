/** Before the first row: whether the target can take the load, and which run it belongs to. */
import { TransfuseError } from '../core/errors.ts';
import { listed } from '../core/listed.ts';
import { failpoint } from '../core/failpoints.ts';
import { VERSION } from '../core/version.ts';
import { ensureLedger } from '../ledger/ddl.ts';
import { readLoads, type Load } from '../ledger/loads.ts';
import { latestRun, restartRun, startRun, type Run, type SourceIdentity } from '../ledger/runs.ts';
import { differingOptions, settingsBehind } from '../mapping/plan-from-ledger.ts';
import type { TargetCatalog } from '../postgres/catalog-model.ts';
import { readTargetCatalog } from '../postgres/catalog.ts';
import type { BulkContext, BulkOptions } from './bulk-context.ts';
import { beginsAnew } from './prepare-tables.ts';
import { refuseVanishedTables } from './source-check.ts';
import { checkTargetEmpty, checkTargetTables } from './target-check.ts';

/** Throws when the target cannot take the plan; makes the ledger where it is missing. Returns what is in the plan's schemas. */
export async function checkTarget({ options, session }: BulkContext): Promise<TargetCatalog[]> {
  const { plan, replace } = options;
  const schemas = new Set(plan.mappings.map(({ mapping }) => mapping.target.schema));
  return session.run(async (target) => {
    const catalogs: TargetCatalog[] = [];
    for (const schema of schemas) {
      const catalog = await readTargetCatalog(target, schema, { withRows: !replace });
      if (catalog.encoding !== 'UTF8') {
        throw new TransfuseError(
          'TARGET_ENCODING',
          `The target database ${catalog.database} is encoded in ${catalog.encoding}, not UTF8.`,
        );
      }
      catalogs.push(catalog);
    }
    checkTargetTables(plan.mappings, catalogs);
    await ensureLedger(target);
    return catalogs;
  });
}

/** The run of this profile and source that is in the ledger, or a new one with P0. Throws where rows are there that are not its own. */
export async function openRun(
  { options, session, source }: BulkContext,
  catalogs: readonly TargetCatalog[],
): Promise<{ run: Run; loads: Map<string, Load> }> {
  const { settings, plan, observer } = options;
  const { host, port, database } = settings.source;
  const identity: SourceIdentity = { host, port, database };
  return session.run(async (target) => {
    const latest = await latestRun(target);
    const isOurs = latest?.profile === plan.profile.name && sameSource(latest.source, identity);
    const loads: Map<string, Load> = isOurs ? await readLoads(target, latest.id) : new Map();
    if (!beginsAnew(options, loads)) refuseVanishedTables(plan, loads);
    if (!options.replace) refuseForeignRows(options, catalogs, loads, latest?.options ?? null);
    if (isOurs && (latest.startPosition !== null || loads.size > 0)) {
      noteOtherOptions(options, latest, loads);
      return { run: latest, loads };
    }

    const startPosition = await source.startPosition((text) => observer.onNote(text));
    if (isOurs) {
      await restartRun(target, latest.id, startPosition, { ...plan.options });
      return { run: { ...latest, startPosition }, loads };
    }
    const run = await startRun(target, {
      profile: plan.profile.name,
      source: identity,
      startPosition,
      options: { ...plan.options },
      toolVersion: VERSION,
    });
    failpoint('bulk.after-run-recorded');
    return { run, loads };
  });
}

const MAX_NAMED = 12;

/** What was loaded before is left as it is; that it is not what the settings of now would give has to be said. */
function noteOtherOptions(
  { plan, observer }: BulkOptions,
  { options }: Run,
  loads: ReadonlyMap<string, Load>,
): void {
  const others = plan.mappings
    .filter(({ mapping, fingerprint }) => {
      const load = loads.get(mapping.id);
      return load?.state === 'complete' && load.fingerprint !== fingerprint;
    })
    .map(({ mapping }) => mapping.id);
  if (others.length > 0) {
    observer.onNote(
      `${listed(others, MAX_NAMED)} were loaded by another plan than these settings give (time zone, cut-over date, field key, policies, columns): their rows stay as they are, and bin/sync will not follow them under these settings.`,
    );
  }
  const differing = options && loads.size > 0 ? differingOptions(options, plan.options) : [];
  if (differing.length === 0) return;
  observer.onNote(
    `Other tables of this run were loaded under other settings (${differing.join(', ')}): bin/sync follows only a run that was loaded under the same ones.`,
  );
}

function refuseForeignRows(
  { plan }: BulkOptions,
  catalogs: readonly TargetCatalog[],
  loads: ReadonlyMap<string, Load>,
  recorded: Run['options'],
): void {
  checkTargetEmpty(plan.mappings, catalogs, (mapping) => loads.has(mapping));
  for (const { mapping, fingerprint, table } of plan.mappings) {
    const load = loads.get(mapping.id);
    if (!load || load.state === 'complete' || load.fingerprint === fingerprint) continue;
    const differing = recorded ? settingsBehind(recorded, plan.options) : [];
    if (differing.length > 0) {
      throw new TransfuseError(
        'RUN_OPTIONS_DIFFER',
        `The load of ${table.name} was begun under other settings than those given now: ${differing.join(', ')}.`,
        {
          where: { table: table.name, settings: differing.join(', ') },
          fix: 'Give the settings of before and run the same command; or begin again under those of now: bin/bulk --replace.',
        },
      );
    }
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
