import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TransfuseError } from '../../src/core/errors.ts';
import { createLogger, openLogFile } from '../../src/telemetry/logs.ts';
import { nameError, safeError } from '../../src/telemetry/safe-error.ts';

const CANARY = 'canary-Müller-1961-04-01';

/** What a driver throws: the row in the message, in the stack and in fields of its own. */
function driverError(message = `Duplicate entry '${CANARY}' for key 'PRIMARY'`): Error {
  const error = new TypeError(message);
  return Object.assign(error, {
    code: 'ER_DUP_ENTRY',
    sql: CANARY,
    sqlMessage: CANARY,
    detail: { row: [CANARY] },
  });
}

function collect() {
  const lines: string[] = [];
  const logger = createLogger('trace', { write: (line) => void lines.push(line) }, { command: 'bulk' });
  const last = () => JSON.parse(lines.at(-1) ?? '{}') as Record<string, unknown>;
  return { logger, lines, last };
}

describe('an error in a log entry', () => {
  test('of a driver leaves its class, its code and its frames, wherever it stands [invariant 9]', () => {
    const { logger, lines, last } = collect();
    logger.error(driverError());
    expect(last()).toMatchObject({
      level: 'error',
      msg: 'TypeError ER_DUP_ENTRY',
      err: { type: 'TypeError' },
    });
    expect((last()['err'] as { stack: string }).stack).toContain('telemetry-logs.test');
    logger.error(driverError(), 'while copying');
    logger.warn({ err: driverError() });
    logger.warn({ err: driverError(), table: 'patient_data' }, 'while copying');
    logger.warn({ table: 'patient_data', reason: { causes: [driverError()] } }, 'nested');
    logger.info('while copying: %s', driverError());
    logger.info('while copying: %o %j', { inner: driverError() }, [driverError()]);
    expect(lines).toHaveLength(7);
    expect(lines.join('')).not.toContain(CANARY);
    expect(lines.join('')).not.toContain('Müller');
  });

  test('of ours keeps its code, message and place', () => {
    const { logger, last } = collect();
    logger.error(
      new TransfuseError('TARGET_FULL', 'The disk is full.', { where: { table: 'forms' } }),
      'stopped',
    );
    expect(last()).toMatchObject({
      command: 'bulk',
      msg: 'stopped',
      err: {
        type: 'TransfuseError',
        code: 'TARGET_FULL',
        message: 'The disk is full.',
        where: { table: 'forms' },
      },
    });
  });
});

describe('safeError', () => {
  test('is not fooled by a message that looks like stack frames [invariant 9]', () => {
    const error = driverError(`row\n    at ${CANARY}:1:2\n    at ${CANARY} (native)`);
    expect(JSON.stringify(safeError(error))).not.toContain(CANARY);
    error.message = 'changed afterwards';
    expect(JSON.stringify(safeError(error))).not.toContain(CANARY);
  });

  test('ignores a code and a class name that are sentences [invariant 9]', () => {
    const error = Object.assign(new Error('x'), { code: `ER ${CANARY}` });
    Object.defineProperty(error, 'constructor', { value: { name: `Error of ${CANARY}` } });
    expect(safeError(error)).toMatchObject({ type: 'Error' });
    expect(JSON.stringify(safeError(error))).not.toContain(CANARY);
    expect(nameError(CANARY)).toBe('string');
  });
});

describe('the log file', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'transfuse-logs-'));
  });
  afterEach(() => {
    rmSync(dir, { recursive: true });
  });

  test('is readable by its owner only, and so is its directory', async () => {
    const path = join(dir, 'deep', 'logs');
    const file = await openLogFile({ level: 'info', dir: path }, { command: 'bulk' }, () => {});
    file.logger.debug('not logged');
    file.logger.info({ rows: 5 }, 'loaded');
    await file.close();
    const [name, ...others] = readdirSync(path);
    expect(others).toEqual([]);
    expect(name).toMatch(/^transfuse\.\d{4}-\d\d-\d\d\.1\.log$/);
    expect(statSync(path).mode & 0o777).toBe(0o700);
    expect(statSync(join(path, name ?? '')).mode & 0o777).toBe(0o600);
    const entries = readFileSync(join(path, name ?? ''), 'utf8')
      .trim()
      .split('\n');
    expect(entries).toHaveLength(1);
    expect(JSON.parse(entries[0] ?? '')).toMatchObject({
      level: 'info',
      command: 'bulk',
      rows: 5,
      msg: 'loaded',
    });
  });

  test('in a place that cannot be a directory is a configuration error', async () => {
    writeFileSync(join(dir, 'file'), '');
    await expect(openLogFile({ level: 'info', dir: join(dir, 'file') }, {}, () => {})).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      where: { variable: 'LOG_DIR' },
    });
    // Node's own recursive mkdir never comes back from here.
    await expect(
      openLogFile({ level: 'info', dir: '/proc/transfuse/logs' }, {}, () => {}),
    ).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
    });
  });
});
