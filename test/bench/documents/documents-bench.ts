/** What the moving of documents costs: many small ones, and one large one, beside a program that only uploads the same files. */
import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs/promises';
import path from 'node:path';
import { spawnSync } from 'node:child_process';
import { SERVICES, SERVICE_NAMES } from '../../../src/core/services.ts';
import { fillOpenemr } from '../../support/openemr/fill-openemr.ts';
import { paperFile } from '../../support/openemr/paper-file.ts';
import type { ContestantResult } from '../bulk-bench.ts';
import { projectRoot, transfuseEnv } from '../contestants/transfuse-env.ts';
import { measureRun } from '../measure/measure-run.ts';
import type { DocumentsBenchOptions } from '../options.ts';
import { startBenchServers, type BenchServers } from '../servers.ts';

export interface DocumentsResult {
  /** Small ones, and the large one. */
  loads: { title: string; documents: number; bytes: number; contestants: ContestantResult[] }[];
}

const SOURCE = 'bench_documents';
const DOCUMENT_BYTES = 10_000;
const LATENCY_MS = 10;
const PER_DIRECTORY = 1000;
const GIGABYTE = 1_000_000_000;
const PIECE = Buffer.alloc(4_000_000, 'a page of a very long recording\n');

/** Throws when a load fails, or does not end with as many objects as there are documents. */
export async function runDocumentsBench(
  options: DocumentsBenchOptions,
  say: (line: string) => void,
): Promise<DocumentsResult> {
  const { documents, largeGigabytes, rounds } = options;
  await using servers = await startBenchServers();
  await using storage = await startStorage();
  const loads: DocumentsResult['loads'] = [];
  const measure = async (title: string, count: number, bytes: number, plant: Plant): Promise<void> => {
    say(`planting ${title}`);
    const root = path.join(servers.directory, `documents-${loads.length}`);
    await fs.mkdir(root);
    const rows = await plant(root);
    const env = { ...environment(servers, storage), DOCUMENTS_ROOT: root };
    const contestants: ContestantResult[] = [
      { id: 'transfuse', title: 'bin/bulk documents', runs: [] },
      { id: 'upload', title: 'upload alone (fetch)', runs: [] },
    ];
    for (let round = 1; round <= rounds; round++) {
      const prefix = `load-${loads.length}-round-${round}/`;
      await renew(servers, env, rows);
      for (const { id, runs } of contestants) {
        const script =
          id === 'transfuse'
            ? `${path.join(projectRoot, 'bin/bulk')} documents --profile openemr`
            : `${process.execPath} ${path.join(import.meta.dirname, 'upload-floor.js')} ${root} ${storage.endpoint} ${storage.bucket} ${prefix}alone/`;
        const before = await storage.objects();
        const run = await measureRun(servers, { id, script, env: { ...env, GCS_PATH: `${prefix}moved/` } });
        const stored = (await storage.objects()) - before;
        if (stored !== count) throw new Error(`${id} has left ${stored} objects instead of ${count}`);
        runs.push(run);
        say(`  round ${round} of ${rounds}  ${run.wallSeconds.toFixed(2).padStart(6)} s  ${id}`);
      }
    }
    await fs.rm(root, { recursive: true });
    loads.push({ title, documents: count, bytes, contestants });
  };
  if (documents > 0)
    await measure(
      `${documents.toLocaleString('en-US')} documents of ${DOCUMENT_BYTES / 1000} kB`,
      documents,
      documents * DOCUMENT_BYTES,
      (root) => plantSmall(root, documents),
    );
  if (largeGigabytes > 0)
    await measure(`one of ${largeGigabytes} GB`, 1, largeGigabytes * GIGABYTE, (root) =>
      plantLarge(root, largeGigabytes),
    );
  return { loads };
}

type Row = [id: number, url: string, size: number, hash: string];
type Plant = (root: string) => Promise<Row[]>;

async function plantSmall(root: string, count: number): Promise<Row[]> {
  const rows: Row[] = [];
  for (let id = 1; id <= count; id++) {
    const directory = String(Math.ceil(id / PER_DIRECTORY));
    const content = paperFile(id, DOCUMENT_BYTES);
    if (id % PER_DIRECTORY === 1) await fs.mkdir(path.join(root, directory));
    await fs.writeFile(path.join(root, directory, String(id)), content);
    rows.push([
      id,
      `file:///x/${directory}/${id}`,
      content.length,
      createHash('sha1').update(content).digest('hex'),
    ]);
  }
  return rows;
}

async function plantLarge(root: string, gigabytes: number): Promise<Row[]> {
  await fs.mkdir(path.join(root, '1'));
  const file = await fs.open(path.join(root, '1', '1'), 'w');
  const hash = createHash('sha1');
  const size = gigabytes * GIGABYTE;
  for (let at = 0; at < size; at += PIECE.length) {
    await file.write(PIECE);
    hash.update(PIECE);
  }
  await file.close();
  return [[1, 'file:///x/1/1', size, hash.digest('hex')]];
}

/** The rows are loaded, and nobody has looked at their files. */
async function renew(
  servers: BenchServers,
  env: Record<string, string>,
  rows: readonly Row[],
): Promise<void> {
  const { sourceAdmin } = servers;
  await sourceAdmin.query(`DROP DATABASE IF EXISTS ${SOURCE}`);
  await sourceAdmin.query(`CREATE DATABASE ${SOURCE} CHARACTER SET utf8mb4`);
  await sourceAdmin.query(`USE ${SOURCE}`);
  await fillOpenemr(sourceAdmin, { version: '8', patients: 1 });
  await sourceAdmin.query('DELETE FROM documents');
  await sourceAdmin.query('ALTER TABLE documents MODIFY size BIGINT');
  for (let from = 0; from < rows.length; from += PER_DIRECTORY)
    await sourceAdmin.query(
      'INSERT INTO documents (id, url, size, hash, type, path_depth, foreign_id, revision) VALUES ?',
      [rows.slice(from, from + PER_DIRECTORY).map((row) => [...row, 'file_url', 1, 1, '2026-01-01'])],
    );
  for (const name of SERVICE_NAMES)
    await servers.queryTarget(
      'postgres',
      `DROP DATABASE IF EXISTS "${env[`${SERVICES[name].envPrefix}_DB_NAME`]!}"`,
    );
  const { DOCUMENTS_ROOT: _, ...rowsAlone } = env;
  for (const [command, ...args] of [
    ['schema', '--profile', 'openemr'],
    ['bulk', 'medical-records', '--profile', 'openemr'],
  ] as const) {
    const made = spawnSync(process.execPath, [path.join(projectRoot, 'bin', command), ...args], {
      env: rowsAlone,
      cwd: servers.directory,
      encoding: 'utf8',
    });
    if (made.status !== 0) throw new Error(`bin/${command} failed. ${made.stderr}`);
  }
  await servers.queryTarget('postgres', 'CHECKPOINT');
}

function environment(servers: BenchServers, { endpoint, bucket }: Storage): Record<string, string> {
  const names = SERVICE_NAMES.map((name) => [
    `${SERVICES[name].envPrefix}_DB_NAME`,
    `documents_${name.replace('-', '_')}`,
  ]);
  return {
    ...transfuseEnv({ servers, sourceDatabase: SOURCE }, 'documents_patient'),
    ...(Object.fromEntries(names) as Record<string, string>),
    FIELD_KEY: '5e'.repeat(32),
    SOURCE_TIME_ZONE: 'America/New_York',
    CUTOVER_DATE: '2026-01-15',
    NUL_POLICY: 'strip',
    MAX_REJECTS: '1000000',
    GCS_BUCKET: bucket,
    GCS_API_ENDPOINT: endpoint,
  };
}

interface Storage extends AsyncDisposable {
  endpoint: string;
  bucket: string;
  /** How many there are. */
  objects(): Promise<number>;
}

async function startStorage(): Promise<Storage> {
  const child = fork(path.join(import.meta.dirname, 'storage-process.js'), [String(LATENCY_MS)]);
  const [{ endpoint, bucket }] = (await once(child, 'message')) as [{ endpoint: string; bucket: string }];
  return {
    endpoint,
    bucket,
    objects: async () => {
      child.send('count');
      const [{ objects }] = (await once(child, 'message')) as [{ objects: number }];
      return objects;
    },
    [Symbol.asyncDispose]: async () => {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}
