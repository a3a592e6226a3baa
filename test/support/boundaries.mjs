/**
 * Checks which room imports which, by the table in .dependency-cruiser.cjs. A cruise that finds no files passes silently,
 * as it does when it cannot read TypeScript: so the number of files is checked too.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const MIN_CRUISED = 20;
const root = fileURLToPath(new URL('../../', import.meta.url));
const cruise = `${root}node_modules/dependency-cruiser/bin/dependency-cruise.mjs`;
const rooms = ['src', 'streams', 'cdc', 'test'].filter((room) => existsSync(root + room));
const args = [cruise, '--config', '.dependency-cruiser.cjs', '--output-type', 'json', ...rooms];
const { stdout, stderr } = spawnSync(process.execPath, args, {
  cwd: root,
  encoding: 'utf8',
  maxBuffer: 1 << 28,
});

let summary;
try {
  ({ summary } = JSON.parse(stdout));
} catch {
  console.error(stderr || stdout);
  process.exit(1);
}
for (const { rule, from, to } of summary.violations) console.error(`${rule.name}: ${from} → ${to}`);
if (!(summary.totalCruised > MIN_CRUISED)) {
  console.error(`Only ${summary.totalCruised} files were looked at: the check itself is broken.`);
  process.exit(1);
}
console.log(`${summary.totalCruised} files, ${summary.violations.length} forbidden imports`);
process.exit(summary.violations.length > 0 ? 1 : 0);
