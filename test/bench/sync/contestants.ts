/** Who takes part: sync as users start it, its decoding half alone, and the two floors, which are others' programs. */
import path from 'node:path';
import type { BinlogPosition } from '../../../src/core/position.ts';
import { packagedProgram } from '../../support/servers/index.ts';
import { nativeEnv, shellQuote, type Arena } from '../contestants/contestant.ts';
import { projectRoot, transfuseEnv } from '../contestants/transfuse-env.ts';
import { isInstalled, missingToolsNote } from '../tools.ts';

export interface SyncArena extends Arena {
  /** The target as it was before the backlog, its ledger too: each run works on a copy. */
  template: string;
  from: BinlogPosition;
  floorScript: string;
}

export interface SyncContestant {
  id: 'sync' | 'decode' | 'mysqlbinlog' | 'psql';
  title: string;
  /** Whether it applies the changes to the database; the others have no target. */
  applies: boolean;
  script: string;
  env: Readonly<Record<string, string>>;
}

export async function syncContestants(
  arena: SyncArena,
  database: string,
): Promise<{ contestants: SyncContestant[]; notes: string[] }> {
  const binlogTool = await binlogReader(arena);
  const missing = missingToolsNote([
    'psql',
    ...(arena.servers.source.flavor === 'mariadb' ? (['mariadb-binlog'] as const) : []),
  ]);
  const notes = missing ? [missing] : [];
  if (!missing && !binlogTool) notes.push('The package of the server has no mysqlbinlog: left out.');
  const contestants: SyncContestant[] = [
    {
      id: 'sync',
      title: 'Transfuse: `bin/sync`',
      applies: true,
      script: path.join(projectRoot, 'bin/sync'),
      env: transfuseEnv(arena, database),
    },
    {
      id: 'decode',
      title: 'Transfuse, decoding and encoding only',
      applies: false,
      script: `node ${path.join(projectRoot, 'dist/test/bench/sync/decode-only.js')} ${shellQuote(JSON.stringify(arena.from))} ${arena.rows}`,
      env: transfuseEnv(arena, arena.template),
    },
  ];
  if (binlogTool) {
    contestants.push({
      id: 'mysqlbinlog',
      title: `decoding floor: \`${arena.servers.source.flavor === 'mariadb' ? 'mariadb-binlog' : 'mysqlbinlog'} -v\` to /dev/null`,
      applies: false,
      script: `${binlogTool} > /dev/null`,
      env: nativeEnv(arena),
    });
  }
  if (isInstalled('psql')) {
    contestants.push({
      id: 'psql',
      title: 'applying floor: the net effect of each 10,000 changes, by `psql`',
      applies: true,
      script: `psql -q -v ON_ERROR_STOP=1 -d ${database} -f ${arena.floorScript}`,
      env: nativeEnv(arena),
    });
  }
  return { contestants, notes };
}

/** From the server, decoded, to the end of the binlog; as words for the shell. */
async function binlogReader({ servers, from }: SyncArena): Promise<string | null> {
  const { host, port, user, flavor } = servers.source;
  const common = ['--no-defaults', '-R', `--host=${host}`, `--port=${port}`, `--user=${user}`, '-v'];
  const range = ['--to-last-log', `--start-position=${from.offset}`, from.file];
  if (flavor === 'mariadb') {
    if (!isInstalled('mariadb-binlog')) return null;
    return ['mariadb-binlog', ...common, '--skip-ssl', ...range].map(shellQuote).join(' ');
  }
  const plain = ['--ssl-mode=DISABLED', '--get-server-public-key'];
  const program = await packagedProgram(flavor, 'mysqlbinlog', [...common, ...plain, ...range]);
  return program && [program.command, ...program.args].map(shellQuote).join(' ');
}
