/**
 * The configuration. Reads the environment and the .env file once, checks everything, and returns it as plain data.
 * Promises that no message quotes a value: a password in the wrong variable stays out of the terminal and the log.
 */
import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { TransfuseError } from '../core/errors.ts';
import { assembleSettings } from './assemble.ts';
import { gatherEnvironment } from './environment.ts';
import { parseEnvironment } from './parse.ts';
import { plaintextEnds } from './plaintext.ts';
import { VARIABLES, type Environment, type VariableName } from './schema.ts';
import type { Settings } from './settings.ts';

export interface LoadOptions {
  /** The real environment; it wins over the file. */
  env: Readonly<Record<string, string | undefined>>;
  /** A file that must exist. Without it `.env` is read if there is one. */
  envFile?: string | undefined;
  /** Where relative paths start; the working directory unless given. */
  cwd?: string;
}

/**
 * Returns the validated Settings. Throws CONFIG_INVALID with every mistake in one message, or PLAINTEXT_REFUSED where
 * the only mistake is TLS switched off for another machine (invariant 12).
 */
export function loadSettings({ env, envFile, cwd = process.cwd() }: LoadOptions): Settings {
  const gathered = gatherEnvironment(env, envFile, cwd);
  const variables = withoutServer(gathered.variables);
  const { environment, mistakes: mistaken } = parseEnvironment(variables);
  const mistakes = [
    ...gathered.unknown,
    ...mistaken.map((name) => explain(name, name in gathered.variables)),
    ...checkFiles(gathered.variables, cwd),
  ];
  if (environment === null) throw invalid(mistakes);
  const settings = assembleSettings(environment, cwd);
  mistakes.push(...checkCertificatePairs(environment), ...checkExports(environment));
  if (settings.documents && !settings.storage)
    mistakes.push('GCS_BUCKET is not set: with DOCUMENTS_ROOT, it says where the documents go');
  const fromFile = readFieldKey(environment, cwd);
  if (typeof fromFile === 'string') mistakes.push(fromFile);
  else settings.fieldKey ??= fromFile?.key ?? null;
  const plaintext = environment.ALLOW_PLAINTEXT === undefined ? plaintextEnds(settings) : [];
  if (mistakes.length > 0) throw invalid([...mistakes, ...plaintext.map(explainPlaintext)]);
  if (plaintext.length > 0) throw plaintextRefused(plaintext);
  return settings;
}

/** Of exports there is no server, whose variables need not be set then. */
function withoutServer(variables: Readonly<Record<string, string>>): Record<string, string> {
  const { LEGACY_DB_TYPE: type, LEGACY_EXPORTS_DIR: directory } = variables;
  if (type !== 'csv' && type !== 'json') return variables;
  return {
    LEGACY_DB_HOST: 'exports',
    LEGACY_DB_USER: 'nobody',
    LEGACY_DB_PASSWORD: '',
    LEGACY_DB_NAME: basename(resolve(directory ?? 'exports')),
    ...variables,
  };
}

function checkExports({
  LEGACY_DB_TYPE: type = 'mysql',
  LEGACY_EXPORTS_DIR: directory,
}: Environment): string[] {
  if (type !== 'mysql' && directory === undefined)
    return [`LEGACY_EXPORTS_DIR is not set: with LEGACY_DB_TYPE=${type} it says where the files are`];
  if (type === 'mysql' && directory !== undefined)
    return ['LEGACY_EXPORTS_DIR is set, and LEGACY_DB_TYPE is neither csv nor json'];
  return [];
}

const FILE_VARIABLES = [
  'LEGACY_DB_SSL_CA',
  'LEGACY_DB_SSL_CERT',
  'LEGACY_DB_SSL_KEY',
  'TARGET_DB_SSL_CA',
  'TARGET_DB_SSL_CERT',
  'TARGET_DB_SSL_KEY',
  'SIGNING_KEY',
  'SIGNING_PUBLIC_KEY',
] as const;

function checkFiles(variables: Readonly<Record<string, string>>, cwd: string): string[] {
  return FILE_VARIABLES.filter((name) => {
    const path = variables[name];
    return path !== undefined && !isReadableFile(resolve(cwd, path));
  }).map((name) => explain(name, true));
}

/** null where no file is named; a mistake in words. */
function readFieldKey(
  { FIELD_KEY, FIELD_KEY_FILE }: Environment,
  cwd: string,
): { key: string } | string | null {
  if (FIELD_KEY_FILE === undefined) return null;
  if (FIELD_KEY !== undefined) return 'FIELD_KEY and FIELD_KEY_FILE: give one of them';
  const path = resolve(cwd, FIELD_KEY_FILE);
  const key = isReadableFile(path)
    ? VARIABLES.FIELD_KEY.parse(readFileSync(path, 'latin1').trim())
    : undefined;
  return key === undefined ? explain('FIELD_KEY_FILE', true) : { key };
}

function isReadableFile(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function checkCertificatePairs(environment: Environment): string[] {
  return (['LEGACY', 'TARGET'] as const).flatMap((prefix) => {
    const cert = environment[`${prefix}_DB_SSL_CERT`];
    const key = environment[`${prefix}_DB_SSL_KEY`];
    if ((cert === undefined) === (key === undefined)) return [];
    return [`${prefix}_DB_SSL_CERT and ${prefix}_DB_SSL_KEY belong together: set both or neither`];
  });
}

function explain(name: VariableName, isSet: boolean): string {
  return `${name} ${isSet ? 'is wrong' : 'is not set'}: expected ${VARIABLES[name].expects}`;
}

function explainPlaintext(hostVariable: string): string {
  if (hostVariable === 'GCS_API_ENDPOINT')
    return 'GCS_API_ENDPOINT begins with http:, but is not this machine: files would travel unencrypted';
  const mode = hostVariable.startsWith('LEGACY') ? 'LEGACY_DB_SSL_MODE' : 'TARGET_DB_SSL_MODE';
  return `${mode} is disable, but ${hostVariable} is not this machine: rows would travel unencrypted`;
}

function invalid(mistakes: readonly string[]): TransfuseError {
  const one = mistakes.length === 1;
  const head = one ? 'One setting is missing or wrong' : `${mistakes.length} settings are missing or wrong`;
  return new TransfuseError(
    'CONFIG_INVALID',
    `${head}:\n${mistakes.map((line) => `  - ${line}`).join('\n')}`,
  );
}

function plaintextRefused(hostVariables: readonly string[]): TransfuseError {
  return new TransfuseError('PLAINTEXT_REFUSED', `${hostVariables.map(explainPlaintext).join('; ')}.`, {
    where: { variables: hostVariables.join(', ') },
    fix:
      'Set the SSL mode to verify-full and give the CA; give the endpoint with https:. If the network between is trusted beyond doubt, ' +
      'ALLOW_PLAINTEXT=i-understand allows it.',
  });
}
