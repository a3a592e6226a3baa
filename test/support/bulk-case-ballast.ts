/** One table that takes long enough to load for something to happen in the middle. */
import type { BulkCase, Changes } from './bulk-case.ts';
import { ledgerFaults } from './bulk-case-checks.ts';
import { differencesBetween } from './compare-databases.ts';
import type { CommandOutcome } from './run-command.ts';
import type { TcpProxy } from './tcp-proxy.ts';

export const BALLAST_ROWS = 24_000;

/** A dozen chunks of about 800 KB. */
export const BALLAST_CHANGES: Changes = { CHUNK_ROWS: '2000', JOBS: '3', RETRY_TIMEOUT_SECONDS: '30' };

/** When so much has come from the source, some chunks are done, some are under way, and some are not begun. */
export const SOME_CHUNKS_BYTES = 3_000_000;

const DIGITS =
  '(SELECT 0 AS n UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5 UNION SELECT 6 UNION SELECT 7 UNION SELECT 8 UNION SELECT 9)';
const NUMBER = 'a.n + 10 * b.n + 100 * c.n + 1000 * d.n + 10000 * e.n';

/** `SELECT <columns> …` over `n` from 0 to `rows` - 1; at most 100,000. */
export function numbered(columns: string, rows: number): string {
  return (
    `SELECT ${columns} FROM (SELECT ${NUMBER} AS n FROM ${DIGITS} a, ${DIGITS} b, ${DIGITS} c, ${DIGITS} d, ${DIGITS} e) AS numbers ` +
    `WHERE n < ${rows}`
  );
}

/**
 * Loads the ballast through a proxy before one end, which stands still in the middle until `act` has done what it does. Throws
 * where the load ended before that.
 */
export async function loadThrough(
  ballast: BulkCase,
  end: 'source' | 'target',
  proxy: TcpProxy,
  act: (proxy: TcpProxy) => Promise<unknown> | void,
  changes: Changes = {},
): Promise<CommandOutcome> {
  const inTheMiddle =
    end === 'source'
      ? proxy.stallAfterBytesToClients(SOME_CHUNKS_BYTES)
      : proxy.stallAfterBytesToServers(SOME_CHUNKS_BYTES);
  const port = end === 'source' ? 'LEGACY_DB_PORT' : 'TARGET_DB_PORT';
  const running = ballast.start('bulk', [], { [port]: String(proxy.port), ...changes });
  await Promise.race([inTheMiddle, running.ended.then((outcome) => Promise.reject(tooEarly(outcome)))]);
  await act(proxy);
  proxy.resume();
  return running.ended;
}

function tooEarly({ stdout, stderr }: CommandOutcome): Error {
  return new Error(`The load ended before anything was done to it:\n${stderr}${stdout}`);
}

export const BALLAST: readonly string[] = [
  'CREATE TABLE ballast (id INT PRIMARY KEY, name VARCHAR(100) NOT NULL, pad VARCHAR(500) NOT NULL, seen DATETIME NULL, KEY name (name))',
  `INSERT INTO ballast ${numbered("n, CONCAT('Ünï ', n), REPEAT(CHAR(97 + n % 26), 380), '2020-01-01 10:00:00'", BALLAST_ROWS)}`,
  'ANALYZE TABLE ballast',
];

/** What is not as a finished load of the ballast has to leave it. */
export async function ballastFaults(ballast: BulkCase): Promise<string[]> {
  const indexes = await ballast.targetQuery(`SELECT FROM pg_indexes WHERE tablename = 'ballast'`);
  return [
    ...(await differencesBetween(ballast.source, ballast.target)),
    ...(await ledgerFaults(ballast)),
    ...(indexes.length === 2 ? [] : [`${indexes.length} indexes`]),
  ];
}

/** What is not as a load of the ballast that stopped has to leave it: the rows of its finished chunks, and no other. */
export async function wholeChunkFaults({ targetQuery }: BulkCase): Promise<string[]> {
  const [counts] = await targetQuery<Record<'found' | 'recorded' | 'done', string>>(`
    SELECT (SELECT count(*) FROM ballast) AS found, sum(rows_loaded) AS recorded,
      count(*) FILTER (WHERE state = 'done') AS done FROM transfuse.chunks`);
  const { found, recorded, done } = counts!;
  return [
    ...(found === recorded ? [] : [`${found} rows are there, and the finished chunks hold ${recorded}`]),
    ...(Number(done) > 0 ? [] : ['no chunk was finished: the test came too early']),
  ];
}
