/**
 * `npm run soak`: a live source is loaded and followed while servers, networks and the program itself fail, in an order that
 * the seed repeats; in the end every value of every table is compared. `npm run soak -- bulk` is about growth instead.
 */
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import type { MysqlFlavor } from '../support/servers/index.ts';
import { runSoak } from '../support/soak/soak.ts';
import { whole } from './options.ts';

const USAGE = `npm run soak -- [--minutes 5] [--seed <n>] [--source mariadb|mysql]

Default: both kinds of source, so many minutes each, with a seed of its own that is printed first.

npm run soak -- bulk --help    time and memory of a load that is ten times as large
npm run soak -- verify --help  mutations of a target that verification must find, and hours beside a sync
`;
const MS_PER_MINUTE = 60_000;

if (process.argv[2] === 'bulk') await import('./bulk-growth.ts');
else if (process.argv[2] === 'verify') await import('./verify-soak.ts');
else await main();

async function main(): Promise<void> {
  const { seed, minutes, flavors } = readOptions();
  for (const flavor of flavors) {
    process.stdout.write(`npm run soak -- --source ${flavor} --minutes ${minutes} --seed ${seed}\n`);
    const { problems, story, faults, statements, transactions } = await runSoak({
      flavor,
      seed,
      faults: null,
      durationMs: minutes * MS_PER_MINUTE,
      withSlow: true,
      say: (line) => void process.stdout.write(`${line}\n`),
    });
    if (problems.length === 0) {
      process.stdout.write(
        `${flavor}: ${faults} faults, ${statements} statements, ${transactions} transactions applied, 0 differences\n`,
      );
      continue;
    }
    process.exitCode = 1;
    process.stdout.write(
      `\nFAILED. To repeat: npm run soak -- --source ${flavor} --minutes ${minutes} --seed ${seed}\n` +
        `${story.join('\n')}\n\n${problems.join('\n')}\n`,
    );
  }
}

function readOptions(): { seed: number; minutes: number; flavors: MysqlFlavor[] } {
  const option = { type: 'string' } as const;
  try {
    const { values } = parseArgs({ options: { seed: option, minutes: option, source: option } });
    const { source } = values;
    if (source !== undefined && source !== 'mariadb' && source !== 'mysql') {
      throw new Error(`There is no source ${source}.`);
    }
    return {
      seed: whole('seed', values.seed ?? String(randomInt(1, 2 ** 31))),
      minutes: whole('minutes', values.minutes ?? '5'),
      flavors: source === undefined ? ['mariadb', 'mysql'] : [source],
    };
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${USAGE}`);
    process.exit(2);
  }
}
