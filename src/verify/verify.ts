/**
 * Verification: whether the target is what the mappings make of the source, row by row and column by column.
 *
 * Promises: every row of every planned mapping is compared in all its columns, by the same compiled mapping that loaded it (invariant 1), or is named as not
 * compared. Rows are not locked and nothing is changed but the ledger's own tables; it runs beside a sync. Without `live` what it says holds for a source that stands
 * still; with it a row counts as different only where it differs twice from one that stood still at the source while sync passed it. Holds some 28 bytes for each row that one side has shown and the other has not, of at most four
 * million (invariant 7).
 */
import { randomBytes, randomUUID } from 'node:crypto';
import type { DatabaseSettings, Settings } from '../config/settings.ts';
import type { BinlogPosition } from '../core/position.ts';
import { listed } from '../core/listed.ts';
import { retry } from '../core/retry.ts';
import { TransfuseError } from '../core/errors.ts';
import { readCheckpointIfAny } from '../ledger/checkpoints.ts';
import { ensureLedger, ledgerExists } from '../ledger/ddl.ts';
import { readLoads, type Load } from '../ledger/loads.ts';
import { targetMisfits } from '../mapping/fits-target.ts';
import type { Mapping } from '../mapping/mapping.ts';
import { latestRun, type Run } from '../ledger/runs.ts';
import { recordVerification } from '../ledger/verifications.ts';
import type { Plan, PlannedMapping } from '../mapping/plan.ts';
import { rowKeyColumns } from '../mysql/row-key.ts';
import { LaneSource } from '../mysql/lane-source.ts';
import { LoadGate, type LoadLimits } from '../mysql/load-gate.ts';
import { readStatusCounters } from '../mysql/status-counters.ts';
import { readStartPosition, waitUntilVisible } from '../mysql/start-position.ts';
import { ObjectStore } from '../storage/object-store.ts';
import type { TargetTable } from '../postgres/catalog-model.ts';
import { readTargetCatalog } from '../postgres/catalog.ts';
import { qualified } from '../postgres/identifiers.ts';
import { rowsOfShare } from '../postgres/rows-of-share.ts';
import { openTarget } from '../postgres/connection.ts';
import { LaneTarget } from '../postgres/lane-target.ts';
import { inTransaction } from '../postgres/transaction.ts';
import { compareMapping } from './compare-mapping.ts';
import { criticalOnly } from './critical-columns.ts';
import { readForeignKeys, type ForeignKeys } from './foreign-keys.ts';
import { FollowedTarget } from './followed-target.ts';
import { keyDigest } from './differences.ts';
import { documentDifferences, verifyDocuments, type DocumentsVerification } from './verify-documents.ts';
import { differencesIn } from './mapping-result.ts';
import type { SourceKey } from './suspects.ts';
import type { SampleRequest, VerifyContext } from './verify-context.ts';
import { allDifferences, type DatabaseVerification, type NotCompared } from './verify-report.ts';

export interface VerifyOptions {
  settings: Settings;
  target: DatabaseSettings;
  /** As the source is now, of what goes to this database. */
  plan: Plan;
  /** Whether it is of all tables. */
  isOfAll: boolean;
  /** Both sides change, and a sync runs. */
  live: boolean;
  /** Read every object of a document, instead of asking for its checksum. */
  deep: boolean;
  /** Digest what the target holds, for who wants to prove it later. */
  /** Compare only what has changed since an earlier verification; null: everything. */
  since: Since | null;
  attest: boolean;
  /** In all columns; or, faster, in those of the key and those of the PHI class critical. */
  columns: 'all' | 'critical';
  /** Nothing is read of the source while it is as busy as that; empty: whatever it does. */
  maxLoad: LoadLimits;
  /** So many rows of each mapping that differ are kept with their keys. */
  maxDifferences: number;
  samples: SampleRequest;
  hashesInTarget: boolean;
  maxWaitingRows?: number;
  signal: AbortSignal;
  observer: VerifyObserver;
}

/** What an earlier verification has proved, and what has changed since. */
export interface Since {
  startedAt: Date;
  position: BinlogPosition;
  /** JSON arrays of the texts of source keys; null where all of the mapping's rows are to be compared. */
  keysOf(mapping: string): ReadonlySet<string> | null;
}

/** Told what happens while it happens. Must not throw. */
export interface VerifyObserver {
  onMapping(mapping: string, rowEstimate: number): void;
  onRows(mapping: string, rows: number): void;
  onMappingDone(mapping: string, differences: number): void;
  onRetry(warning: string): void;
  onNote(text: string): void;
}

const MAX_NAMED = 10;
const MAX_WAITING_ROWS = 4_000_000;
/** Differences of a mapping whose keys go into the ledger. */
const MAX_RECORDED = 1000;
const DIGEST_KEY_BYTES = 32;
/** Where objects stand among the mappings in the progress. */
const OBJECTS = 'objects of documents';

/** Throws VERIFY_NOT_LOADED, SOURCE_*, TARGET_*, INTERRUPTED. */
export async function verifyDatabase(options: VerifyOptions): Promise<DatabaseVerification> {
  const { settings, target: database, signal } = options;
  const target = new LaneTarget(database, 'transfuse verify', signal);
  const source = new LaneSource({
    settings: settings.source,
    purpose: 'verify reader',
    timeoutMs: settings.bulk.retryTimeoutMs,
    signal,
  });
  const verification = new Verification(options, target, source);
  try {
    return await verification.run();
  } finally {
    await Promise.all([target.close(), source.close(), verification.close()]);
  }
}

class Verification {
  readonly #options: VerifyOptions;
  readonly #target: LaneTarget;
  readonly #source: LaneSource;
  /** It asks over another connection than rows are read by, which may be in the middle of them. */
  readonly #counters: LaneSource;
  readonly #gate: LoadGate;
  readonly #digestKey = randomBytes(DIGEST_KEY_BYTES);

  constructor(options: VerifyOptions, target: LaneTarget, source: LaneSource) {
    this.#options = options;
    this.#target = target;
    this.#source = source;
    const { settings, maxLoad, signal, observer } = options;
    this.#counters = new LaneSource({
      settings: settings.source,
      purpose: 'verify load',
      timeoutMs: settings.bulk.retryTimeoutMs,
      signal,
    });
    this.#gate = new LoadGate({
      limits: maxLoad,
      read: async (names) => readStatusCounters(await this.#counters.connected(), names),
      onNote: (text) => observer.onNote(text),
      signal,
    });
  }

  close(): Promise<void> {
    return this.#counters.close();
  }

  async run(): Promise<DatabaseVerification> {
    const startedAt = new Date();
    const run = await this.#run();
    const loads = await readLoads(await this.#target.connected(), run.id);
    const tables = await this.#targetTables();
    const { compared, notCompared } = this.#choose(loads, tables);
    const result: DatabaseVerification = {
      id: randomUUID(),
      runId: run.id,
      startedAt,
      elapsedMs: 0,
      columns: this.#options.columns,
      since: this.#options.since && {
        startedAt: this.#options.since.startedAt,
        position: this.#options.since.position,
      },
      positionBefore: await this.#position(),
      positionAfter: null,
      checkpoint: (await readCheckpointIfAny(await this.#target.connected(), run.id))?.position ?? null,
      mappings: [],
      notCompared,
      documents: null,
      foreignKeys: { valid: 0, open: [] },
      unowned: [],
      unmapped: unmappedColumns(compared, tables, documentColumns(this.#options.plan)),
      digestKey: this.#digestKey,
    };
    // What is proved holds from that position on: nothing before it may be invisible still.
    if (result.positionBefore) await waitUntilVisible(result.positionBefore, this.#options.signal);
    const followed = this.#followed(run.id, result.checkpoint);
    if (followed && this.#options.since && result.positionBefore)
      await followed.waitFor(result.positionBefore, true);
    for (const planned of compared) {
      const inColumns = this.#columnsOf(planned);
      if (inColumns) result.mappings.push(await this.#compare(run.id, inColumns, followed));
      else
        notCompared.push({
          mapping: planned.mapping.id,
          reason: 'it has neither a key nor a critical column',
        });
    }
    result.unowned = await this.#unowned(compared);
    result.documents = await this.#documents(run.id);
    if (result.documents) notCompared.push(...left(result.documents));
    const schemas = [...new Set(compared.map(({ mapping }) => mapping.target.schema))];
    result.foreignKeys = await readForeignKeys(await this.#target.connected(), run.id, schemas);
    notCompared.push(...notInForce(result.foreignKeys));
    result.positionAfter = await this.#position();
    result.elapsedMs = Date.now() - startedAt.getTime();
    await this.#record(result);
    return result;
  }

  async #run(): Promise<Run> {
    const {
      settings,
      plan,
      target: { database },
    } = this.#options;
    const connection = await this.#target.connected();
    const run = (await ledgerExists(connection)) ? await latestRun(connection) : null;
    if (!run) throw notLoaded(`Nothing has been loaded into ${database}`);
    const source = settings.source.database;
    if (run.profile !== plan.profile.name || run.source.database !== source)
      throw notLoaded(
        `${database} was loaded from ${run.source.database} with the profile ${run.profile}, and not from ${source} with ${plan.profile.name}`,
        run.profile === plan.profile.name
          ? 'Check LEGACY_DB_NAME and TARGET_DB_NAME.'
          : `Give --profile ${run.profile}; or check TARGET_DB_NAME.`,
      );
    await ensureLedger(connection);
    return run;
  }

  /** What was loaded as the plan is now can be compared by it. */
  #choose(
    loads: ReadonlyMap<string, Load>,
    tables: ReadonlyMap<string, TargetTable>,
  ): { compared: PlannedMapping[]; notCompared: NotCompared[] } {
    const { plan, isOfAll } = this.#options;
    const compared: PlannedMapping[] = [];
    const notCompared: NotCompared[] = [];
    for (const planned of plan.mappings) {
      const { mapping, fingerprint } = planned;
      const load = loads.get(mapping.id);
      // Of a narrower type, the target would hold what it rounds, and say that it is the same.
      const misfits = targetMisfits(mapping, tables.get(tableName(mapping)));
      const reason = reasonAgainst(load, fingerprint) ?? (misfits.length > 0 ? misfits.join('; ') : null);
      if (reason === null) compared.push(planned);
      else notCompared.push({ mapping: mapping.id, reason });
    }
    const known = new Set(plan.mappings.map(({ mapping }) => mapping.id));
    if (isOfAll)
      for (const { mapping, sourceTable } of loads.values())
        if (!known.has(mapping))
          notCompared.push({ mapping, reason: `the source has no table ${sourceTable} any more` });
    return { compared, notCompared };
  }

  #columnsOf(planned: PlannedMapping): PlannedMapping | null {
    const { columns, plan } = this.#options;
    return columns === 'all' ? planned : criticalOnly(planned, plan.options.policies);
  }

  #followed(runId: string, checkpoint: BinlogPosition | null): FollowedTarget | null {
    const { live, settings, signal } = this.#options;
    if (!live) return null;
    if (checkpoint) return new FollowedTarget(this.#target, runId, settings.bulk.retryTimeoutMs, signal);
    throw new TransfuseError('VERIFY_NOT_FOLLOWED', 'No sync has ever followed this load.', {
      fix: 'Where one can, start bin/sync --continuous, and verify again. Where it was loaded with --no-sync, verify without --live while the source stands still.',
    });
  }

  async #targetTables(): Promise<Map<string, TargetTable>> {
    const schemas = new Set(this.#options.plan.mappings.map(({ mapping }) => mapping.target.schema));
    const tables = new Map<string, TargetTable>();
    for (const schema of schemas)
      for (const table of (await readTargetCatalog(await this.#target.connected(), schema)).tables)
        tables.set(`${schema}.${table.name}`, table);
    return tables;
  }

  /** In tables that several mappings fill, all of which were compared. */
  async #unowned(compared: readonly PlannedMapping[]): Promise<DatabaseVerification['unowned']> {
    const ids = new Set(compared.map(({ mapping }) => mapping.id));
    const shared = new Map<string, PlannedMapping[]>();
    for (const planned of compared)
      if (planned.share?.mappings.every((id) => ids.has(id))) {
        const name = tableName(planned.mapping);
        shared.set(name, [...(shared.get(name) ?? []), planned]);
      }
    const found: DatabaseVerification['unowned'] = [];
    for (const [name, all] of shared) {
      const { schema, table } = all[0]!.mapping.target;
      const any = all.map(({ share }) => `(${rowsOfShare(share!.constants)})`).join(' OR ');
      const connection = await this.#target.connected();
      const { rows } = await connection.query<{ count: string }>(
        `SELECT count(*) AS count FROM ${qualified(schema, table)} AS t WHERE (${any}) IS NOT TRUE`,
      );
      if (Number(rows[0]!.count) > 0) found.push({ table: name, rows: Number(rows[0]!.count) });
    }
    return found;
  }

  async #compare(runId: string, planned: PlannedMapping, followed: FollowedTarget | null) {
    const { settings, target, signal, observer } = this.#options;
    const { id } = planned.mapping;
    const context: VerifyContext = {
      settings,
      target,
      runId,
      followed,
      maxDifferences: this.#options.maxDifferences,
      samples: this.#options.samples,
      hashesInTarget: this.#options.hashesInTarget,
      maxWaitingRows: this.#options.maxWaitingRows ?? MAX_WAITING_ROWS,
      attestKey: this.#options.attest ? this.#digestKey : null,
      signal,
      source: async () => {
        await this.#gate.pass();
        return this.#source.connected();
      },
      dropSource: () => this.#source.drop(),
      openTarget: () => openTarget(target, { applicationName: 'transfuse verify reader', signal }),
      onRows: (mapping, rows) => observer.onRows(mapping, rows),
    };
    observer.onMapping(id, planned.table.rowEstimate);
    const keys = this.#keysOf(planned);
    const result = await retry(() => compareMapping(context, planned, keys), {
      timeoutMs: settings.bulk.retryTimeoutMs,
      signal,
      subject: `the comparison of ${id} from its beginning`,
      onRetry: (warning) => observer.onRetry(warning),
    });
    observer.onMappingDone(id, differencesIn(result));
    return result;
  }

  /** null: all rows. */
  #keysOf({ mapping, table }: PlannedMapping): SourceKey[] | null {
    const keys = this.#options.since?.keysOf(mapping.id);
    if (!keys) return null;
    const names = rowKeyColumns(table);
    return [...keys].map((key) => {
      const texts = JSON.parse(key) as string[];
      return Object.fromEntries(names.map((name, index) => [name, texts[index]!]));
    });
  }

  async #documents(runId: string): Promise<DocumentsVerification | null> {
    const { settings, plan, deep, signal, observer } = this.#options;
    const { storage } = settings;
    const { retryTimeoutMs } = settings.bulk;
    const onRetry = (warning: string): void => observer.onRetry(warning);
    const store = storage && new ObjectStore({ settings: storage, signal, retryTimeoutMs, onRetry });
    const onObjects = (objects: number): void => observer.onRows(OBJECTS, objects);
    const verified = await verifyDocuments({
      target: await this.#target.connected(),
      runId,
      plan,
      storage,
      store,
      isDeep: deep,
      signal,
      onObjects,
    });
    if (verified) observer.onMappingDone(OBJECTS, documentDifferences(verified));
    return verified;
  }

  async #position() {
    return readStartPosition(await this.#source.connected(), () => undefined);
  }

  async #record(result: DatabaseVerification): Promise<void> {
    const { mappings, notCompared, id, startedAt, positionBefore, runId } = result;
    const differences = mappings.flatMap(({ mapping, differences: found }) =>
      found.slice(0, MAX_RECORDED).map(({ kind, columns, key }) => ({
        mapping,
        kind,
        columns,
        key,
        digest: keyDigest(this.#digestKey, mapping, key),
      })),
    );
    const record = {
      id,
      startedAt,
      sourcePosition: positionBefore,
      rowsCompared: mappings.reduce((sum, { rowsExpected }) => sum + rowsExpected, 0),
      differences: allDifferences(result),
      notCompared: notCompared.length,
      digestKey: this.#digestKey,
      proven:
        result.columns === 'all'
          ? mappings
              .filter((mapping) => differencesIn(mapping) + mapping.changing === 0)
              .map(({ mapping }) => mapping)
          : [],
      revealed: this.#options.samples.reveal
        ? mappings.flatMap(({ mapping, samples }) => samples.map(({ key }) => ({ mapping, key })))
        : [],
    };
    const connection = await this.#target.connected();
    await inTransaction(connection, () => recordVerification(connection, runId, record, differences));
  }
}

function tableName({ target: { schema, table } }: Mapping): string {
  return `${schema}.${table}`;
}

/** Columns that hold what became of files: they are held against the ledger. */
function documentColumns({ profile, source, options, mappings }: Plan): Set<string> {
  return new Set(
    (profile.documents?.(source, options) ?? []).flatMap(({ mapping: id, columns }) => {
      const mapping = mappings.find(({ mapping: one }) => one.id === id)?.mapping;
      return mapping ? Object.values(columns).map((column) => `${tableName(mapping)}.${column}`) : [];
    }),
  );
}

function unmappedColumns(
  compared: readonly PlannedMapping[],
  tables: ReadonlyMap<string, TargetTable>,
  others: ReadonlySet<string>,
): string[] {
  const filled = new Set(
    compared.flatMap(({ mapping }) =>
      mapping.columns.map(({ target }) => `${tableName(mapping)}.${target.name}`),
    ),
  );
  const names = new Set(compared.map(({ mapping }) => tableName(mapping)));
  return [...names].flatMap((name) =>
    tables
      .get(name)!
      .columns.filter(({ generated }) => generated === null)
      .map((column) => `${name}.${column.name}`)
      .filter((column) => !filled.has(column) && !others.has(column)),
  );
}

/** null: it can be compared. */
function reasonAgainst(load: Load | undefined, fingerprint: string): string | null {
  if (!load) return 'it is not loaded';
  if (load.state === 'loading') return 'it is not loaded to its end';
  if (load.fingerprint === fingerprint) return null;
  return 'it was loaded by another mapping, under other settings, or from a table that has been altered since: bin/sync follows that, bin/bulk --replace loads it anew';
}

/** What could not be compared of documents. */
function left({ notCompared, faults }: DocumentsVerification): NotCompared[] {
  const unlooked = faults.not_looked_for ?? 0;
  return [
    ...(notCompared === null ? [] : [{ mapping: OBJECTS, reason: notCompared }]),
    ...(unlooked === 0
      ? []
      : [
          {
            mapping: OBJECTS,
            reason: `nobody has looked for the files of ${unlooked} rows: bin/bulk documents`,
          },
        ]),
  ];
}

function notInForce({ open }: ForeignKeys): NotCompared[] {
  if (open.length === 0) return [];
  return [
    {
      mapping: 'foreign keys',
      reason: `not in force yet, or not validated: ${listed(open, MAX_NAMED)}. bin/sync puts them back`,
    },
  ];
}

function notLoaded(what: string, fix?: string): TransfuseError {
  return new TransfuseError('VERIFY_NOT_LOADED', `${what}.`, fix === undefined ? {} : { fix });
}
