/** What must hold at the end of a soak, whatever happened on the way. Each check returns what does not hold, in words. */
import { BinlogStream } from '../../../cdc/binlog-stream.ts';
import { replicaIdentity } from '../../../cdc/replica-identity.ts';
import { hasPassed, type BinlogPosition } from '../../../src/core/position.ts';
import { objectDefinitions } from '../bulk-case-checks.ts';
import { differencesBetween } from '../compare-databases.ts';
import type { SoakWorld } from './soak-world.ts';

export async function soakProblems(world: SoakWorld, objectsBefore: readonly string[]): Promise<string[]> {
  const loads = await world.targetQuery<{ source_table: string }>('SELECT source_table FROM transfuse.loads');
  const tables = loads.map(({ source_table }) => source_table.split('.').at(-1)!);
  const objects = await objectDefinitions(world);
  return [
    ...(await differencesBetween(world.source, world.target, { tables })),
    ...objectsBefore.filter((line) => !objects.includes(line)).map((line) => `lost: ${line}`),
    ...objects.filter((line) => !objectsBefore.includes(line)).map((line) => `not there before: ${line}`),
    ...(await ledgerProblems(world)),
    ...(await countProblems(world, tables)),
  ];
}

async function ledgerProblems({ targetQuery }: SoakWorld): Promise<string[]> {
  const rows = await targetQuery<{ problem: string }>(`
    SELECT format('chunk %s of %s is not done, or does not add up', chunk, mapping) AS problem FROM transfuse.chunks
      WHERE state <> 'done' OR rows_read <> rows_loaded + rows_filtered + rows_rejected
    UNION ALL SELECT format('the load of %s is %s', mapping, state) FROM transfuse.loads WHERE state <> 'complete'
    UNION ALL SELECT format('%s %s is %s', kind, object_name, state) FROM transfuse.saved_objects WHERE state <> 'restored'
    UNION ALL SELECT format('a reject of %s is open: %s of %s', mapping, reason, column_name) FROM transfuse.rejects WHERE resolved_at IS NULL
    UNION ALL SELECT format('%s checkpoints', count(*)) FROM transfuse.checkpoints HAVING count(*) <> 1
    UNION ALL SELECT format('%s runs', count(*)) FROM transfuse.runs HAVING count(*) <> 1`);
  return rows.map(({ problem }) => problem);
}

/** The ledger counts a transaction with the commit that brings it: read again without any fault, there must be as many. */
async function countProblems(world: SoakWorld, tables: readonly string[]): Promise<string[]> {
  const [ledger] = await world.targetQuery<{
    start: BinlogPosition;
    position: BinlogPosition;
    transactions: string;
  }>(
    `SELECT start_position AS start, position, transactions FROM transfuse.checkpoints JOIN transfuse.runs ON id = run_id`,
  );
  const { start, position, transactions } = ledger!;
  const counted = await countTransactions(world, tables, start, position);
  return String(counted) === transactions
    ? []
    : [`the ledger has counted ${transactions} transactions, the binlog has ${counted}`];
}

async function countTransactions(
  { source, sourceQuery }: SoakWorld,
  tables: readonly string[],
  from: BinlogPosition,
  to: BinlogPosition,
): Promise<number> {
  // The stream ends only with an event behind the position.
  await sourceQuery('FLUSH BINARY LOGS');
  const { host, port, user, password, database, caFile } = source;
  const stream = new BinlogStream({
    settings: {
      host,
      port,
      user,
      password,
      database,
      tls: { mode: 'verify-full', caFile, certFile: null, keyFile: null },
    },
    identity: replicaIdentity('soak check'),
    from,
    wants: (name, table) => name === database && tables.includes(table),
    maxQueuedBytes: 16_000_000,
    maxExpandedBytes: 256_000_000,
    silenceMs: 60_000,
    retryTimeoutMs: 60_000,
  });
  try {
    for (let count = 0; ;) {
      for (const item of await stream.take()) {
        if (item.kind === 'commit') count++;
        if (item.kind === 'statement' && item.statement.kind === 'truncate-table') count++;
        if (item.kind !== 'commit' && item.kind !== 'position' && item.kind !== 'statement') continue;
        const reached = { ...to, gtidSet: null, file: item.end.file, offset: String(item.end.offset) };
        if (hasPassed(reached, { ...to, gtidSet: null })) return count;
      }
    }
  } finally {
    await stream.stop();
  }
}
