/** What the two servers' own clients can do, and nothing else between them: the floor. */
import path from 'node:path';
import {
  addPrimaryKeySql,
  mariadbCommand,
  nativeEnv,
  shellQuote,
  type Arena,
  type Contestant,
} from './contestant.ts';
import { emptyWithoutKey } from './target-databases.ts';

/** `mariadb --quick -B | psql \copy`. Not quite correct: it loses carriage returns and cannot tell the text NULL from NULL. */
export function nativePipe(arena: Arena, database: string): Contestant {
  const { table } = arena;
  const select = `${sqlMode} ${table.nativeSelect} FROM ${table.name}`;
  const copy = `\\copy ${table.name} from pstdin with (null 'NULL')`;
  return {
    id: 'native-pipe',
    title: '`mariadb --quick -B` piped into `psql \\copy`',
    arrives: 'mirror',
    tools: ['mariadb', 'psql'],
    database,
    prepare: () => emptyWithoutKey(arena, database),
    script: `${mariadbCommand(arena)} --quick -B -N -e ${shellQuote(select)} | ${psqlCommand(database, copy, addPrimaryKeySql(arena))}`,
    env: nativeEnv(arena),
  };
}

/** `SELECT … INTO OUTFILE`, then `COPY … FROM` that file: only where both servers see the same disk. */
export function outfile(arena: Arena, database: string): Contestant {
  const { table, servers } = arena;
  const file = path.join(servers.directory, `${table.name}.out`);
  const select = `${sqlMode} ${table.nativeSelect} INTO OUTFILE '${file}' CHARACTER SET utf8mb4 FROM ${table.name}`;
  const copy = `COPY ${table.name} FROM '${file}'`;
  return {
    id: 'outfile',
    title: '`SELECT … INTO OUTFILE`, then `COPY … FROM` the file',
    arrives: 'mirror',
    tools: ['mariadb', 'psql'],
    database,
    prepare: () => emptyWithoutKey(arena, database),
    script: [
      `rm -f ${file}`,
      `${mariadbCommand(arena)} -e ${shellQuote(select)}`,
      psqlCommand(database, copy, addPrimaryKeySql(arena)),
      `rm -f ${file}`,
    ].join(' && '),
    env: nativeEnv(arena),
  };
}

/** Backslashes are escaped in the output and mean themselves in a pattern. */
const sqlMode = `SET sql_mode = 'NO_ENGINE_SUBSTITUTION';`;

function psqlCommand(database: string, ...commands: string[]): string {
  const options = commands.map((command) => `-c ${shellQuote(command)}`).join(' ');
  return `psql -q -v ON_ERROR_STOP=1 -d ${database} ${options}`;
}
