import { parseArgs } from 'node:util';
import type { MysqlFlavor } from '../support/servers/index.ts';
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

export interface SyncBenchOptions {
  /** Row changes of each backlog. */
  changes: number;
  rounds: number;
  sources: MysqlFlavor[];
  /** Row changes of each source transaction: one backlog for each. */
  rowsEach: number[];
  /** 0: lag is not measured. */
  lagSeconds: number;
  only: string[] | null;
  jsonFile: string;
}

export interface OpenemrBenchOptions {
  patients: number;
  rounds: number;
  jsonFile: string;
}

export interface DocumentsBenchOptions {
  /** Small ones; 0 for none. */
  documents: number;
  /** Of the large one; 0 for none. */
  largeGigabytes: number;
  rounds: number;
  jsonFile: string;
}

export interface VerifyBenchOptions {
  rows: number;
  rounds: number;
  tables: BenchTableName[];
  jsonFile: string;
}

export interface ExportsBenchOptions {
  rows: number;
  rounds: number;
  jsonFile: string;
}

const CONTESTANTS = ['transfuse', 'transfuse-transformed', 'pgloader', 'native-pipe', 'outfile'];
const SYNC_CONTESTANTS = ['sync', 'decode', 'mysqlbinlog', 'psql'];
const SOURCES = ['mariadb', 'mysql'];

export const USAGE = `npm run bench -- bulk [options]

Moves the same tables with Transfuse, pgloader and the native tools, in turn, on throw-away servers of its own.

  --rows <n>         rows of each table (1000000)
  --rounds <n>       how often each contestant runs, one after the other (5)
  --tables <names>   wide, narrow (both)
  --only <ids>       only these: ${CONTESTANTS.join(', ')}
  --jobs <list>      also Transfuse with each of these JOBS, such as 1,2,4
  --json <file>      all measurements (reports/bench-bulk.json)

npm run bench -- sync [options]

Works off a backlog of row changes with bin/sync, and measures what reading it and applying it cost other programs; then the
lag under a steady load.

  --rows <n>             row changes of each backlog (1000000)
  --rounds <n>           how often each contestant runs, one after the other (3)
  --sources <names>      mariadb, mysql (both)
  --transactions <list>  row changes of each transaction: one backlog for each (1000,1)
  --lag-seconds <n>      how long lag is measured; 0 for not at all (30)
  --only <ids>           only these: ${SYNC_CONTESTANTS.join(', ')}
  --json <file>          all measurements (reports/bench-sync.json)

npm run bench -- openemr [options]

Loads a synthetic OpenEMR into four services, and the same tables as they are, in turn.

  --patients <n>     its size (100000); about thirty rows for each
  --rounds <n>       how often each runs, one after the other (3)
  --json <file>      all measurements (reports/bench-openemr.json)

npm run bench -- documents [options]

Moves the files of documents into an object store on the loopback, and uploads the same files without anything else, in turn.

  --documents <n>    small ones of 10 kB (100000); 0 for none
  --large-gb <n>     size of a large one (8); 0 for none
  --rounds <n>       how often each runs, one after the other (3)
  --json <file>      all measurements (reports/bench-documents.json)

npm run bench -- exports [options]

Reads CSV and lines of JSON up to the encoded rows, and parses the same files without anything else, in turn.

  --rows <n>         rows of each file (300000)
  --rounds <n>       how often each runs, one after the other (7)
  --json <file>      all measurements (reports/bench-exports.json)

npm run bench -- verify [options]

Loads a table, compares every value of it, and reads both sides with their own dump tools, in turn.

  --rows <n>         rows of each table (1000000)
  --rounds <n>       how often each runs, one after the other (3)
  --tables <names>   wide, narrow (both)
  --json <file>      all measurements (reports/bench-verify.json)
`;

export class UsageError extends Error {}

export function parseBulkOptions(args: string[]): BulkBenchOptions {
  const values = readArgs(args, ['rows', 'rounds', 'tables', 'only', 'jobs', 'json']);
  const tables = list(values['tables'] ?? Object.keys(BENCH_TABLES).join(','));
  refuseUnknown('table', tables, Object.keys(BENCH_TABLES));
  const only = values['only'] === undefined ? null : list(values['only']);
  refuseUnknown('contestant', only ?? [], CONTESTANTS);
  return {
    rows: whole('rows', values['rows'] ?? '1000000'),
    rounds: whole('rounds', values['rounds'] ?? '5'),
    tables: tables as BenchTableName[],
    only,
    jobs: values['jobs'] === undefined ? [] : list(values['jobs']).map((text) => whole('jobs', text)),
    jsonFile: values['json'] ?? 'reports/bench-bulk.json',
  };
}

export function parseSyncOptions(args: string[]): SyncBenchOptions {
  const values = readArgs(args, ['rows', 'rounds', 'sources', 'transactions', 'lag-seconds', 'only', 'json']);
  const sources = list(values['sources'] ?? SOURCES.join(','));
  refuseUnknown('source', sources, SOURCES);
  const only = values['only'] === undefined ? null : list(values['only']);
  refuseUnknown('contestant', only ?? [], SYNC_CONTESTANTS);
  const lagSeconds = values['lag-seconds'] ?? '30';
  return {
    changes: whole('rows', values['rows'] ?? '1000000'),
    rounds: whole('rounds', values['rounds'] ?? '3'),
    sources: sources as MysqlFlavor[],
    rowsEach: list(values['transactions'] ?? '1000,1').map((text) => whole('transactions', text)),
    lagSeconds: lagSeconds === '0' ? 0 : whole('lag-seconds', lagSeconds),
    only,
    jsonFile: values['json'] ?? 'reports/bench-sync.json',
  };
}

export function parseOpenemrOptions(args: string[]): OpenemrBenchOptions {
  const values = readArgs(args, ['patients', 'rounds', 'json']);
  return {
    patients: whole('patients', values['patients'] ?? '100000'),
    rounds: whole('rounds', values['rounds'] ?? '3'),
    jsonFile: values['json'] ?? 'reports/bench-openemr.json',
  };
}

export function parseDocumentsOptions(args: string[]): DocumentsBenchOptions {
  const values = readArgs(args, ['documents', 'large-gb', 'rounds', 'json']);
  const orNone = (name: 'documents' | 'large-gb', preset: string): number => {
    const text = values[name] ?? preset;
    return text === '0' ? 0 : whole(name, text);
  };
  return {
    documents: orNone('documents', '100000'),
    largeGigabytes: orNone('large-gb', '8'),
    rounds: whole('rounds', values['rounds'] ?? '3'),
    jsonFile: values['json'] ?? 'reports/bench-documents.json',
  };
}

export function parseExportsOptions(args: string[]): ExportsBenchOptions {
  const values = readArgs(args, ['rows', 'rounds', 'json']);
  return {
    rows: whole('rows', values['rows'] ?? '300000'),
    rounds: whole('rounds', values['rounds'] ?? '7'),
    jsonFile: values['json'] ?? 'reports/bench-exports.json',
  };
}

export function parseVerifyOptions(args: string[]): VerifyBenchOptions {
  const values = readArgs(args, ['rows', 'rounds', 'tables', 'json']);
  const tables = list(values['tables'] ?? Object.keys(BENCH_TABLES).join(','));
  refuseUnknown('table', tables, Object.keys(BENCH_TABLES));
  return {
    rows: whole('rows', values['rows'] ?? '1000000'),
    rounds: whole('rounds', values['rounds'] ?? '3'),
    tables: tables as BenchTableName[],
    jsonFile: values['json'] ?? 'reports/bench-verify.json',
  };
}

function refuseUnknown(what: string, given: readonly string[], known: readonly string[]): void {
  const unknown = given.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new UsageError(`There is no ${what} ${unknown.join(', ')}, only ${known.join(', ')}.`);
}

function readArgs(args: string[], names: readonly string[]): Partial<Record<string, string>> {
  const options = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]));
  try {
    return parseArgs({ args, options }).values;
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
