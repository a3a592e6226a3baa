import path from 'node:path';
import { parseArgs } from 'node:util';

export interface DemoOptions {
  help: boolean;
  /** Leave the servers up until the demo is stopped. */
  keep: boolean;
  /** MySQL rather than MariaDB as the source. */
  mysql: boolean;
  /** A mirror of the source, table by table, rather than an OpenEMR that becomes four services. */
  mirror: boolean;
  /** Absolute paths of SQL files to load instead of the synthetic clinic; empty for the clinic. */
  sqlFiles: string[];
  patients: number;
}

export class DemoUsageError extends Error {}

const DEFAULT_PATIENTS = { openemr: 1000, mirror: 5000 };
const MAX_PATIENTS = 10_000_000;

export const HELP = `npm run demo [-- options]

Starts throw-away database servers, fills one with a legacy system, loads and follows it with the real commands while it
changes, and checks every row with means of its own. Nothing is installed, and nothing is left behind.

Options:
  --mysql              MySQL as the source; MariaDB unless given
  --mirror             another synthetic clinic, 1:1, table by table; without it an OpenEMR becomes four services
  --sql <file> [...]   migrate these SQL files 1:1, in this order
  --keep               leave the servers up to play with, until Ctrl-C
  --help               this text

Environment:
  DEMO_PATIENTS        size of the legacy system: ${DEFAULT_PATIENTS.openemr} patients unless given, or ${DEFAULT_PATIENTS.mirror} with --mirror

Exit codes: 0 everything arrived · 1 something did not, or a step failed · 2 usage · 130 stopped.
With --sql and rows that PostgreSQL cannot hold: the exit code of bin/bulk or bin/sync.

Examples:
  npm run demo
  npm run demo -- --mirror
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
  const isMirror = values.mirror || values.sql !== undefined;
  return {
    help: values.help,
    keep: values.keep,
    mysql: values.mysql,
    mirror: isMirror,
    // npm runs us in the project's directory, whatever the one in which it was typed.
    sqlFiles: [...(values.sql ?? []), ...positionals].map((file) =>
      path.resolve(env['INIT_CWD'] ?? '', file),
    ),
    patients: readPatients(
      env['DEMO_PATIENTS'],
      isMirror ? DEFAULT_PATIENTS.mirror : DEFAULT_PATIENTS.openemr,
    ),
  };
}

function parse(args: readonly string[]) {
  const flag = { type: 'boolean', default: false } as const;
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { help: flag, keep: flag, mirror: flag, mysql: flag, sql: { type: 'string', multiple: true } },
    });
  } catch (error) {
    throw new DemoUsageError(error instanceof Error ? error.message : String(error));
  }
}

function readPatients(text: string | undefined, byDefault: number): number {
  if (text === undefined || text === '') return byDefault;
  const patients = /^\d+$/.test(text) ? Number(text) : 0;
  if (patients < 1 || patients > MAX_PATIENTS) {
    throw new DemoUsageError(`DEMO_PATIENTS is a whole number from 1 to ${MAX_PATIENTS}`);
  }
  return patients;
}
