/** `npm run bench -- bulk`, `… sync`, `… openemr`, `… documents`, `… exports` and `… verify`: see USAGE in options.ts. */
import fs from 'node:fs/promises';
import path from 'node:path';
import { runBulkBench } from './bulk-bench.ts';
import { runOpenemrBench } from './openemr-bench.ts';
import { openemrResultDocument, renderOpenemrMarkdown } from './openemr-report.ts';
import { runDocumentsBench } from './documents/documents-bench.ts';
import { documentsResultDocument, renderDocumentsMarkdown } from './documents/documents-report.ts';
import { runExportsBench } from './exports/exports-bench.ts';
import { exportsResultDocument, renderExportsMarkdown } from './exports/exports-report.ts';
import {
  parseBulkOptions,
  parseDocumentsOptions,
  parseExportsOptions,
  parseOpenemrOptions,
  parseSyncOptions,
  parseVerifyOptions,
  USAGE,
  UsageError,
} from './options.ts';
import { renderMarkdown, resultDocument } from './report.ts';
import { runVerifyBench } from './verify/verify-bench.ts';
import { renderVerifyMarkdown, verifyResultDocument } from './verify/verify-bench-report.ts';
import { runSyncBench } from './sync/sync-bench.ts';
import { renderSyncMarkdown, syncResultDocument } from './sync/sync-report.ts';

const [subject, ...args] = process.argv.slice(2);
const say = (line: string) => void process.stderr.write(`${line}\n`);
try {
  if (subject === 'bulk') await bulk();
  else if (subject === 'sync') await sync();
  else if (subject === 'openemr') await openemr();
  else if (subject === 'documents') await documents();
  else if (subject === 'exports') await exports();
  else if (subject === 'verify') await verify();
  else
    throw new UsageError(
      'What is to be measured? There are: bulk, sync, openemr, documents, exports, verify.',
    );
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`${error.message}\n\n${USAGE}`);
  process.exitCode = 2;
}

async function bulk(): Promise<void> {
  const options = parseBulkOptions(args);
  const results = await runBulkBench(options, say);
  await publish(
    options.jsonFile,
    resultDocument(results, options.rounds),
    renderMarkdown(results, options.rounds),
  );
}

async function sync(): Promise<void> {
  const options = parseSyncOptions(args);
  const result = await runSyncBench(options, say);
  await publish(
    options.jsonFile,
    syncResultDocument(result, options.rounds),
    renderSyncMarkdown(result, options.rounds),
  );
}

async function openemr(): Promise<void> {
  const options = parseOpenemrOptions(args);
  const result = await runOpenemrBench(options, say);
  await publish(
    options.jsonFile,
    openemrResultDocument(result, options.rounds),
    renderOpenemrMarkdown(result, options.rounds),
  );
}

async function documents(): Promise<void> {
  const options = parseDocumentsOptions(args);
  const result = await runDocumentsBench(options, say);
  await publish(
    options.jsonFile,
    documentsResultDocument(result, options.rounds),
    renderDocumentsMarkdown(result, options.rounds),
  );
}

async function exports(): Promise<void> {
  const options = parseExportsOptions(args);
  const result = await runExportsBench(options, say);
  await publish(
    options.jsonFile,
    exportsResultDocument(result, options.rounds),
    renderExportsMarkdown(result, options.rounds),
  );
}

async function verify(): Promise<void> {
  const options = parseVerifyOptions(args);
  const results = await runVerifyBench(options, say);
  await publish(
    options.jsonFile,
    verifyResultDocument(results, options.rounds),
    renderVerifyMarkdown(results, options.rounds),
  );
}

async function publish(jsonFile: string, document: object, markdown: string): Promise<void> {
  await fs.mkdir(path.dirname(jsonFile), { recursive: true });
  await fs.writeFile(jsonFile, `${JSON.stringify(document, null, 2)}\n`);
  process.stdout.write(markdown);
  say(`All measurements: ${jsonFile}`);
}
