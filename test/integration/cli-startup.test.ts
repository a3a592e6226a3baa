import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { expect, test } from 'vitest';

const PROGRAM = path.resolve(import.meta.dirname, '../../bin/transfuse');

/** Prints, at the end of the program, the packages that it has loaded. */
const HOOK = `
import { createRequire } from 'node:module';
const { cache } = createRequire('${PROGRAM}');
process.on('exit', () => {
  const names = Object.keys(cache).map((file) => /node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(file)?.[1]);
  process.stderr.write(JSON.stringify([...new Set(names)]));
});`;

/** The third-party packages that a command line loads; what it prints itself goes to stdout. */
function packagesLoadedBy(...argv: string[]): string[] {
  const hook = `data:text/javascript,${encodeURIComponent(HOOK)}`;
  const { stderr } = spawnSync(process.execPath, ['--import', hook, PROGRAM, ...argv], { encoding: 'utf8' });
  return JSON.parse(stderr) as string[];
}

test.each(['--version', '--help', 'bulk --help'])('%s loads the parser and no driver', (commandLine) => {
  expect(packagesLoadedBy(...commandLine.split(' '))).toEqual(['commander']);
});
