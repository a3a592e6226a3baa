/** Writes what of the documentation is generated from the code: `npm run docs`. A test keeps the files up to date. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderErrorTable } from '../../src/cli/error-table.ts';
import { renderConfigTable, renderEnvExample } from '../../src/config/docs.ts';

const readme = join(process.cwd(), 'README.md');

function replaceBetween(text: string, marker: string, content: string): string {
  const start = `<!-- ${marker}:begin -->`;
  const end = `<!-- ${marker}:end -->`;
  const from = text.indexOf(start);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new Error(`README.md lacks the markers of ${marker}`);
  return `${text.slice(0, from + start.length)}\n\n${content}\n\n${text.slice(to)}`;
}

writeFileSync(join(process.cwd(), '.env.example'), renderEnvExample());
const withConfig = replaceBetween(readFileSync(readme, 'utf8'), 'config', renderConfigTable());
writeFileSync(readme, replaceBetween(withConfig, 'errors', renderErrorTable()));
