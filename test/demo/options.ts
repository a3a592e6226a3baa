import path from 'node:path';
import { parseArgs } from 'node:util';

export interface DemoOptions {
  help: boolean;
  /** Leave the servers up until the demo is stopped. */
  keep: boolean;
  /** MySQL rather than MariaDB as the source. */
  mysql: boolean;
  /** Absolute paths of SQL files to load instead of the synthetic clinic; empty for the clinic. */
  sqlFiles: string[];
  patients: number;
}

export class DemoUsageError extends Error {}

const DEFAULT_PATIENTS = 5000;
const MAX_PATIENTS = 10_000_000;

export const HELP = `npm run demo [-- options]

Starts throw-away database servers, fills one with a legacy system, loads and follows it with the real commands while it
changes, and checks every row with means of its own. Nothing is installed, and nothing is left behind.

Options:
  --mysql              MySQL as the source; MariaDB unless given
  --sql <file> [...]   migrate these SQL files, in this order, instead of the synthetic clinic
  --keep               leave the servers up to play with, until Ctrl-C
  --help               this text

Environment:
  DEMO_PATIENTS        size of the synthetic clinic, ${DEFAULT_PATIENTS} unless given; about ten rows for each

Exit codes: 0 everything arrived · 1 something did not, or a step failed · 2 usage · 130 stopped.
With --sql and rows that PostgreSQL cannot hold: the exit code of bin/bulk or bin/sync.

Examples:
  npm run demo
  DEMO_PATIENTS=100000 npm run demo
  npm run demo -- --sql schema.sql data.sql --mysql --keep`;

/** Throws DemoUsageError with what is wrong. Files are not looked at. */
export function readOptions(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): DemoOptions {
  const { values, positionals } = parse(args);
  if (positionals.length > 0 && values.sql === undefined) {
    throw new DemoUsageError(`not understood: ${positionals.join(' ')}`);
  }
  return {
    help: values.help,
    keep: values.keep,
    mysql: values.mysql,
    // npm runs us in the project's directory, whatever the one in which it was typed.
    sqlFiles: [...(values.sql ?? []), ...positionals].map((file) =>
      path.resolve(env['INIT_CWD'] ?? '', file),
    ),
    patients: readPatients(env['DEMO_PATIENTS']),
  };
}

function parse(args: readonly string[]) {
  const flag = { type: 'boolean', default: false } as const;
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { help: flag, keep: flag, mysql: flag, sql: { type: 'string', multiple: true } },
    });
  } catch (error) {
    throw new DemoUsageError(error instanceof Error ? error.message : String(error));
  }
}

function readPatients(text: string | undefined): number {
  if (text === undefined || text === '') return DEFAULT_PATIENTS;
  const patients = /^\d+$/.test(text) ? Number(text) : 0;
  if (patients < 1 || patients > MAX_PATIENTS) {
    throw new DemoUsageError(`DEMO_PATIENTS is a whole number from 1 to ${MAX_PATIENTS}`);
  }
  return patients;
}
