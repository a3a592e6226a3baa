/** The programs of others that are compared with. The bench installs nothing: it says what is missing and does without. */
import fs from 'node:fs';
import path from 'node:path';

const DEBIAN_PACKAGES = {
  pgloader: 'pgloader',
  mariadb: 'mariadb-client',
  'mariadb-binlog': 'mariadb-client',
  'mariadb-dump': 'mariadb-client',
  psql: 'postgresql-client',
} as const;

export type Tool = keyof typeof DEBIAN_PACKAGES;

export function isInstalled(tool: Tool): boolean {
  return (process.env['PATH'] ?? '')
    .split(path.delimiter)
    .some((directory) => isExecutable(path.join(directory, tool)));
}

/** One sentence with the command that mends it, or null when nothing is missing. */
export function missingToolsNote(needed: readonly Tool[]): string | null {
  const missing = [...new Set(needed)].filter((tool) => !isInstalled(tool));
  if (missing.length === 0) return null;
  const packages = missing.map((tool) => DEBIAN_PACKAGES[tool]).join(' ');
  return `Not installed: ${missing.join(', ')}. To have them compared too: apt-get install ${packages}`;
}

function isExecutable(file: string): boolean {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
