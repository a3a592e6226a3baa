import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadSettings } from '../../src/config/load.ts';
import { redact } from '../../src/config/redact.ts';
import { TransfuseError } from '../../src/core/errors.ts';

const COMPLETE = {
  LEGACY_DB_HOST: 'legacy.example.org',
  LEGACY_DB_USER: 'reader',
  LEGACY_DB_PASSWORD: 'canary-source-secret',
  LEGACY_DB_NAME: 'openemr',
  TARGET_DB_HOST: 'pg.example.org',
  TARGET_DB_USER: 'owner',
  TARGET_DB_PASSWORD: 'canary-target-secret',
};

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'transfuse-config-'));
});
afterEach(() => {
  rmSync(cwd, { recursive: true });
});

const load = (changes: Record<string, string | undefined> = {}, envFile?: string) =>
  loadSettings({ env: { ...COMPLETE, ...changes }, envFile, cwd });

function failure(act: () => unknown): TransfuseError {
  try {
    act();
  } catch (error) {
    if (error instanceof TransfuseError) return error;
    throw error;
  }
  throw new Error('expected a TransfuseError');
}

describe('defaults', () => {
  test('are applied to everything that may be left out', () => {
    const settings = load();
    expect(settings.source).toMatchObject({ type: 'mysql', port: 3306, timeZone: null });
    expect(settings.source.tls).toEqual({ mode: 'verify-full', caFile: null, certFile: null, keyFile: null });
    expect(settings.bulk).toMatchObject({
      batchRows: 500,
      chunkRows: 100_000,
      maxRejects: 0,
      retryTimeoutMs: 300_000,
    });
    expect(settings.bulk.jobs).toBeGreaterThan(0);
    expect(settings.bulk.jobs).toBeLessThanOrEqual(8);
    expect(settings.mapping).toEqual({
      zeroDate: 'null',
      nul: 'reject',
      tinyint1: 'smallint',
      identifierCase: 'lower',
      targetSchema: 'public',
      cutoverDate: null,
      orphans: 'reject',
    });
    expect(settings.log).toEqual({ level: 'info', dir: join(cwd, 'logs') });
  });

  test('let every service inherit from TARGET_DB_* except its database name', () => {
    const { targets } = load({ TARGET_DB_PORT: '6432', TARGET_DOCTOR_DB_HOST: 'doctors.example.org' });
    expect(targets.patient.database).toBe('patient_service');
    expect(targets.appointment).toMatchObject({
      host: 'pg.example.org',
      port: 6432,
      database: 'appointment_service',
    });
    expect(targets['medical-records'].password).toBe(COMPLETE.TARGET_DB_PASSWORD);
    expect(targets.doctor).toMatchObject({ host: 'doctors.example.org', port: 6432, user: 'owner' });
  });

  test('take an empty variable as not set, and an empty password as none', () => {
    const settings = load({
      JOBS: '',
      LEGACY_DB_PORT: '',
      LEGACY_DB_PASSWORD: '',
      TARGET_DOCTOR_DB_PASSWORD: '',
    });
    expect(settings.source).toMatchObject({ port: 3306, password: '' });
    expect(settings.targets.doctor.password).toBe(COMPLETE.TARGET_DB_PASSWORD);
  });
});

describe('mistakes', () => {
  test('are reported all at once, each by its variable', () => {
    const error = failure(() =>
      load({
        LEGACY_DB_HOST: undefined,
        TARGET_DB_PORT: '0',
        JOBS: 'many',
        ZERO_DATE_POLICY: 'keep',
        SOURCE_TIME_ZONE: 'Mars',
      }),
    );
    expect(error.code).toBe('CONFIG_INVALID');
    expect(error.exitCode).toBe(2);
    expect(error.message).toContain('5 settings are missing or wrong');
    for (const line of [
      'LEGACY_DB_HOST is not set: expected a host name',
      'TARGET_DB_PORT is wrong: expected a port number from 1 to 65535',
      'JOBS is wrong',
      'ZERO_DATE_POLICY is wrong: expected one of null, reject',
      'SOURCE_TIME_ZONE is wrong',
    ]) {
      expect(error.message).toContain(line);
    }
  });

  test('never quote the value of any variable [invariant 9]', () => {
    const canary = 'canary-9f3b';
    const names = [
      'LEGACY_DB_PORT',
      'LEGACY_DB_TYPE',
      'LEGACY_DB_SSL_MODE',
      'LEGACY_DB_SSL_CA',
      'TARGET_DB_SSL_KEY',
    ];
    const more = [
      'SOURCE_TIME_ZONE',
      'JOBS',
      'LOG_LEVEL',
      'ALLOW_PLAINTEXT',
      'LEGACY_DB_PASWORD',
      'TARGET_DB_PORT',
    ];
    for (const name of [...names, ...more]) {
      const value = name === 'SOURCE_TIME_ZONE' ? `Europe/${canary}` : canary;
      const error = failure(() => load({ [name]: value }));
      expect(JSON.stringify([error.message, error.where, error.fix, error.stack])).not.toContain(canary);
      expect(error.message).toContain(name);
    }
  });

  test('include unknown names under our prefixes, with the nearest known one', () => {
    const error = failure(() => load({ LEGACY_DB_PASWORD: 'x', TARGET_SCHEMAS: 'y' }));
    expect(error.message).toContain(
      'LEGACY_DB_PASWORD is not a variable of Transfuse; did you mean LEGACY_DB_PASSWORD?',
    );
    expect(error.message).toContain('did you mean TARGET_SCHEMA?');
  });

  test('include a schema that is not ours to fill', () => {
    for (const name of ['transfuse', 'pg_catalog', 'information_schema', 'x'.repeat(64)]) {
      expect(failure(() => load({ TARGET_SCHEMA: name })).message).toContain('TARGET_SCHEMA is wrong');
    }
  });

  test('include a client certificate without its key', () => {
    writeFileSync(join(cwd, 'cert.pem'), 'x');
    const error = failure(() => load({ LEGACY_DB_SSL_CERT: 'cert.pem' }));
    expect(error.message).toContain('LEGACY_DB_SSL_CERT and LEGACY_DB_SSL_KEY belong together');
  });
});

describe('the environment file', () => {
  test('is read from .env, and the real environment wins', () => {
    writeFileSync(join(cwd, '.env'), 'JOBS=3\nCHUNK_ROWS=7000\nLEGACY_DB_PASSWORD="a#b c"\n');
    const settings = load({ JOBS: '5', LEGACY_DB_PASSWORD: undefined });
    expect(settings.bulk).toMatchObject({ jobs: 5, chunkRows: 7000 });
    expect(settings.source.password).toBe('a#b c');
  });

  test('may be missing as .env but not when it was asked for', () => {
    expect(load().source.database).toBe('openemr');
    const error = failure(() => load({}, 'missing.env'));
    expect(error.code).toBe('CONFIG_INVALID');
    expect(error.where).toEqual({ file: join(cwd, 'missing.env') });
  });

  test('is searched for misspelt names too, and may hold the variables of other programs', () => {
    writeFileSync(join(cwd, '.env'), 'MAX_REJECT=5\nNODE_ENV=production\nCOMPOSE_PROJECT_NAME=x\n');
    const error = failure(() => load());
    expect(error.message).toContain('MAX_REJECT is not a variable of Transfuse; did you mean MAX_REJECTS?');
    expect(error.message).not.toContain('NODE_ENV');
  });
});

describe('plaintext', () => {
  test('to another machine is refused for each end [invariant 12]', () => {
    expect(failure(() => load({ LEGACY_DB_SSL_MODE: 'disable' })).code).toBe('PLAINTEXT_REFUSED');
    const error = failure(() =>
      load({ TARGET_DB_SSL_MODE: 'disable', TARGET_DB_HOST: 'localhost', TARGET_DOCTOR_DB_HOST: '10.0.0.7' }),
    );
    expect(error.code).toBe('PLAINTEXT_REFUSED');
    expect(error.where).toEqual({ variables: 'TARGET_DOCTOR_DB_HOST' });
  });

  test('is allowed on this machine, through a socket, and when asked for in so many words [invariant 12]', () => {
    for (const host of ['localhost', '127.0.0.1', '127.9.9.9', '::1', '[::1]', '/run/mysqld/mysqld.sock']) {
      expect(load({ LEGACY_DB_SSL_MODE: 'disable', LEGACY_DB_HOST: host }).source.tls.mode).toBe('disable');
    }
    const allowed = load({ LEGACY_DB_SSL_MODE: 'disable', ALLOW_PLAINTEXT: 'i-understand' });
    expect(allowed.source.tls.mode).toBe('disable');
    expect(failure(() => load({ LEGACY_DB_SSL_MODE: 'disable', ALLOW_PLAINTEXT: 'yes' })).code).toBe(
      'CONFIG_INVALID',
    );
  });

  test('is not taken for local because a name begins like a loopback address [invariant 12]', () => {
    for (const host of ['127.0.0.1.example.org', 'localhost.example.org', '128.0.0.1', '::2', '0.0.0.0']) {
      const refused = () => load({ LEGACY_DB_SSL_MODE: 'disable', LEGACY_DB_HOST: host });
      expect(failure(refused).code).toBe('PLAINTEXT_REFUSED');
    }
  });
});

test('redacted settings say of a password only that it is set [invariant 9]', () => {
  const settings = load();
  const shown = JSON.stringify(redact(settings));
  expect(shown).not.toContain('canary');
  expect(shown).toContain('[set]');
  expect(settings.source.password).toBe(COMPLETE.LEGACY_DB_PASSWORD);
});
