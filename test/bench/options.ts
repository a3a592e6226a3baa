import { parseArgs } from 'node:util';
import { BENCH_TABLES, type BenchTableName } from './dataset/index.ts';

export interface BulkBenchOptions {
  rows: number;
  rounds: number;
  tables: BenchTableName[];
  /** Ids of contestants; null for all. */
  only: string[] | null;
  /** Transfuse is also run with each of these. */
  jobs: number[];
  /** Where the JSON document goes. */
  jsonFile: string;
}

const CONTESTANTS = ['transfuse', 'transfuse-transformed', 'pgloader', 'native-pipe', 'outfile'];

export const USAGE = `npm run bench -- bulk [options]

Moves the same tables with Transfuse, pgloader and the native tools, in turn, on throw-away servers of its own.

  --rows <n>         rows of each table (1000000)
  --rounds <n>       how often each contestant runs, one after the other (5)
  --tables <names>   wide, narrow (both)
  --only <ids>       only these: ${CONTESTANTS.join(', ')}
  --jobs <list>      also Transfuse with each of these JOBS, such as 1,2,4
  --json <file>      all measurements (reports/bench-bulk.json)
`;

export class UsageError extends Error {}

export function parseBulkOptions(args: string[]): BulkBenchOptions {
  const { values } = readArgs(args);
  const tables = list(values.tables ?? Object.keys(BENCH_TABLES).join(','));
  refuseUnknown('table', tables, Object.keys(BENCH_TABLES));
  const only = values.only === undefined ? null : list(values.only);
  refuseUnknown('contestant', only ?? [], CONTESTANTS);
  return {
    rows: whole('rows', values.rows ?? '1000000'),
    rounds: whole('rounds', values.rounds ?? '5'),
    tables: tables as BenchTableName[],
    only,
    jobs: values.jobs === undefined ? [] : list(values.jobs).map((text) => whole('jobs', text)),
    jsonFile: values.json ?? 'reports/bench-bulk.json',
  };
}

function refuseUnknown(what: string, given: readonly string[], known: readonly string[]): void {
  const unknown = given.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new UsageError(`There is no ${what} ${unknown.join(', ')}, only ${known.join(', ')}.`);
}

function readArgs(args: string[]) {
  const option = { type: 'string' } as const;
  try {
    return parseArgs({
      args,
      options: { rows: option, rounds: option, tables: option, only: option, jobs: option, json: option },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

export function whole(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new UsageError(`--${name} takes a whole number from 1.`);
  return value;
}

function list(text: string): string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}
