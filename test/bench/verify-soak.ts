/** `npm run soak -- verify`: see test/support/soak/verify-soak.ts. */
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import type { MysqlFlavor } from '../support/servers/index.ts';
import { soakLive, soakMutations } from '../support/soak/verify-soak.ts';
import { whole } from './options.ts';

const USAGE = `npm run soak -- verify [--runs 300] [--rows 100000] [--minutes 10] [--seed <n>] [--source mariadb|mysql]

So many mutations among so many rows, as many runs without one, and then so many minutes beside a sync.
`;
const MS_PER_MINUTE = 60_000;
const option = { type: 'string' } as const;
const say = (line: string): void => void process.stdout.write(`${line}\n`);

const { values } = parseArgs({
  args: process.argv.slice(3),
  options: {
    runs: option,
    rows: option,
    minutes: option,
    seed: option,
    source: option,
    help: { type: 'boolean' },
  },
});
if (values.help) say(USAGE);
else await main();

async function main(): Promise<void> {
  const flavor: MysqlFlavor = values.source === 'mysql' ? 'mysql' : 'mariadb';
  const seed = whole('seed', values.seed ?? String(randomInt(1, 2 ** 31)));
  const rows = Math.min(100_000, whole('rows', values.rows ?? '100000'));
  const runs = Number(values.runs ?? '300');
  const minutes = Number(values.minutes ?? '10');
  say(
    `npm run soak -- verify --source ${flavor} --runs ${runs} --rows ${rows} --minutes ${minutes} --seed ${seed}`,
  );
  const options = { flavor, seed, rows, say };
  const problems = [
    ...(runs > 0 ? await soakMutations({ ...options, runs }) : []),
    ...(minutes > 0 ? await soakLive({ ...options, durationMs: minutes * MS_PER_MINUTE }) : []),
  ];
  say(problems.length === 0 ? 'Each was found, and nothing else.' : `FAILED:\n${problems.join('\n')}`);
  if (problems.length > 0) process.exitCode = 1;
}
