import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { TransfuseError } from '../core/errors.ts';
import { suggest } from '../core/suggest.ts';
import { isVariableName, VARIABLE_NAMES } from './schema.ts';

type Variables = Readonly<Record<string, string | undefined>>;

/** The variables of the process and of the .env file together, and the names that look like mistakes. */
export interface GatheredEnvironment {
  variables: Record<string, string>;
  /** One finished sentence for each unknown name. */
  unknown: string[];
}

const OUR_PREFIXES = ['LEGACY_DB_', 'TARGET_'];
const MAY_BE_EMPTY = new Set(['LEGACY_DB_PASSWORD', 'TARGET_DB_PASSWORD']);

/**
 * Merges the .env file under the real environment, with the parser that `node --env-file` uses. A file that was asked
 * for and cannot be read is CONFIG_INVALID; a missing default file is not an error. Empty variables count as not set,
 * except the two passwords that have no other to fall back on, where empty means none.
 */
export function gatherEnvironment(
  env: Variables,
  envFile: string | undefined,
  cwd: string,
): GatheredEnvironment {
  const fromFile = readEnvFile(envFile, cwd);
  const merged = { ...fromFile, ...withoutUndefined(env) };
  const variables: Record<string, string> = {};
  for (const name of VARIABLE_NAMES) {
    const value = merged[name];
    if (value !== undefined && (value !== '' || MAY_BE_EMPTY.has(name))) variables[name] = value;
  }
  return { variables, unknown: findUnknown(merged, fromFile) };
}

function readEnvFile(envFile: string | undefined, cwd: string): Record<string, string> {
  const path = resolve(cwd, envFile ?? '.env');
  try {
    return parseEnv(readFileSync(path, 'utf8')) as Record<string, string>;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    if (code === 'ENOENT' && envFile === undefined) return {};
    throw new TransfuseError('CONFIG_INVALID', `The environment file cannot be read (${code}).`, {
      where: { file: path },
      fix:
        envFile === undefined
          ? 'Make the file readable, or remove it.'
          : 'Check the path given to --env-file.',
    });
  }
}

function findUnknown(merged: Variables, fromFile: Variables): string[] {
  const sentences: string[] = [];
  for (const name of Object.keys(merged)) {
    if (isVariableName(name)) continue;
    const ours = OUR_PREFIXES.some((prefix) => name.startsWith(prefix));
    const near = ours || name in fromFile ? suggest(name, VARIABLE_NAMES) : null;
    // Other programs may share the file: a name without our prefix is a mistake only when it resembles one of ours.
    if (!ours && near === null) continue;
    sentences.push(`${name} is not a variable of Transfuse${near === null ? '' : `; did you mean ${near}?`}`);
  }
  return sentences;
}

function withoutUndefined(env: Variables): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
