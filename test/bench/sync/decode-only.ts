/**
 * Sync without a target: the binlog is read, decoded, encoded for COPY and put into batches as ever, and those are thrown
 * away. A program of its own, started by the bench with the environment of bin/sync and the position to begin at.
 */
import { BinlogStream } from '../../../cdc/binlog-stream.ts';
import { readCharsets } from '../../../cdc/read-charsets.ts';
import { replicaIdentity } from '../../../cdc/replica-identity.ts';
import { preparePlan } from '../../../src/cli/planning.ts';
import { loadSettings } from '../../../src/config/load.ts';
import type { BinlogPosition } from '../../../src/core/position.ts';
import { openSource } from '../../../src/mysql/connection.ts';
import { readBinlogPosition } from '../../../src/mysql/position.ts';
import { goalAt } from '../../../src/sync/goal.ts';
import { planSync } from '../../../src/sync/plan-sync.ts';
import { RowsDecoder } from '../../../src/sync/rows-decoder.ts';
import { SyncBatch } from '../../../src/sync/sync-batch.ts';
import { SILENCE_MS, syncLimits, syncMemory } from '../../../src/sync/sync-limits.ts';
import { SyncLoop } from '../../../src/sync/sync-loop.ts';

const [fromText = '', expectedChanges = ''] = process.argv.slice(2);
const from = JSON.parse(fromText) as BinlogPosition;
const settings = loadSettings({ env: process.env });
const plan = await preparePlan({ settings, profileName: 'mirror', signal: new AbortController().signal });
const source = await openSource(settings.source, { purpose: 'bench' });
const syncPlan = planSync(plan, source.server);
const names = plan.mappings.flatMap(({ table }) => table.columns.flatMap(({ charset }) => charset ?? []));
const charsetOf = await readCharsets(source, names);
const end = (await readBinlogPosition(source))!;
await source.close();

const { database } = settings.source;
const decoder = new RowsDecoder({
  database,
  mappings: syncPlan.mappings,
  watches: [],
  charsetOf,
  foldsNames: false,
});
const stream = new BinlogStream({
  settings: settings.source,
  identity: replicaIdentity('bench'),
  from,
  wants: (name, table) => decoder.wants(name, table),
  maxQueuedBytes: syncLimits(1).maxQueuedBytes,
  maxExpandedBytes: 1 << 30,
  silenceMs: SILENCE_MS,
  retryTimeoutMs: 0,
});
const pool = syncMemory(1);
let rowChanges = 0;
const loop = new SyncLoop({
  ...syncLimits(1).loop,
  stream,
  from,
  sink: {
    apply: async () => {},
    applyPart: async () => {},
    rollBackParts: async () => {},
    change: async () => {},
  },
  decoder,
  batches: [new SyncBatch(syncPlan.mappings, pool), new SyncBatch(syncPlan.mappings, pool)],
  batchRows: settings.bulk.batchRows,
  idleCheckpointMs: 0,
  onStatement: () => Promise.resolve({ kind: 'pass' }),
  concerns: () => false,
  refresher: {
    isPending: false,
    notBeforeMs: Infinity,
    isDue: () => false,
    step: () => Promise.resolve(),
    tryRefused: () => undefined,
  },
  onBegin: () => null,
  onCommitted: (_, batch) => void (rowChanges += batch.rowChanges),
  isGoal: goalAt(end),
});
await loop.run();
await stream.stop();
if (rowChanges !== Number(expectedChanges)) throw new Error(`${rowChanges} row changes were decoded`);
