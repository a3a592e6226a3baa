/** `npm run bench -- bulk`: see USAGE in options.ts. */
import fs from 'node:fs/promises';
import path from 'node:path';
import { runBulkBench } from './bulk-bench.ts';
import { parseBulkOptions, USAGE, UsageError } from './options.ts';
import { renderMarkdown, resultDocument } from './report.ts';

const [subject, ...args] = process.argv.slice(2);
try {
  if (subject !== 'bulk') throw new UsageError('What is to be compared? There is: bulk.');
  const options = parseBulkOptions(args);
  const say = (line: string) => void process.stderr.write(`${line}\n`);
  const results = await runBulkBench(options, say);
  await fs.mkdir(path.dirname(options.jsonFile), { recursive: true });
  await fs.writeFile(
    options.jsonFile,
    `${JSON.stringify(resultDocument(results, options.rounds), null, 2)}\n`,
  );
  process.stdout.write(renderMarkdown(results, options.rounds));
  say(`All measurements: ${options.jsonFile}`);
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`${error.message}\n\n${USAGE}`);
  process.exitCode = 2;
}
