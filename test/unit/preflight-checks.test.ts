import { describe, expect, test } from 'vitest';
import type { DatabaseSettings } from '../../src/config/settings.ts';
import { TransfuseError } from '../../src/core/errors.ts';
import type { SourceFacts } from '../../src/mysql/facts.ts';
import { parseGrants } from '../../src/mysql/grants.ts';
import type { Finding } from '../../src/preflight/finding.ts';
import { checkSource } from '../../src/preflight/source-checks.ts';
import { checkTarget, type TargetState } from '../../src/preflight/target-checks.ts';
import { unreachable } from '../../src/preflight/unreachable.ts';

const SETTINGS: DatabaseSettings = {
  host: 'db.example.org',
  port: 3306,
  user: 'transfuse',
  password: 'canary',
  database: 'clinic',
  tls: { mode: 'verify-full', caFile: null, certFile: null, keyFile: null },
};

const FACTS: SourceFacts = {
  server: { flavor: 'mysql', version: '8.4.3', versionNumber: 8_04_03 },
  versionComment: '',
  hostname: 'db',
  serverId: '1',
  serverUuid: 'u',
  sqlMode: '',
  characterSet: 'utf8mb4',
  timeZone: 'SYSTEM',
  systemTimeZone: 'UTC',
  lowerCaseTableNames: 0,
  maxAllowedPacketBytes: 64 << 20,
  readOnly: false,
  binlog: {
    enabled: true,
    format: 'ROW',
    rowImage: 'FULL',
    rowMetadata: 'FULL',
    rowValueOptions: '',
    retentionSeconds: 7 * 86_400,
    gtidMode: 'ON',
    compressed: false,
    logsReplicatedChanges: true,
    isReplica: false,
    filters: { only: [], never: [] },
  },
  account: "'transfuse'@'%'",
  grants: parseGrants([
    'GRANT REPLICATION CLIENT, REPLICATION SLAVE ON *.* TO `transfuse`@`%`',
    'GRANT SELECT ON `clinic`.* TO `transfuse`@`%`',
  ]),
  literalGrants: false,
  inactiveRoles: [],
  tls: { inUse: true, version: 'TLSv1.3', cipher: 'x' },
};

const MARIADB = { flavor: 'mariadb', version: '10.5.9-MariaDB', versionNumber: 10_05_09 } as const;

function source(
  changes: Partial<SourceFacts>,
  binlog: Partial<SourceFacts['binlog']> = {},
  unreadable: string[] = [],
) {
  return byId(
    checkSource({ ...FACTS, ...changes, binlog: { ...FACTS.binlog, ...binlog } }, SETTINGS, unreadable),
  );
}

const byId = (findings: Finding[]) => Object.fromEntries(findings.map((entry) => [entry.id, entry]));
const failed = (findings: Record<string, Finding>) =>
  Object.values(findings)
    .filter((entry) => entry.ok === false)
    .map((entry) => entry.id);

describe('the source', () => {
  test('that meets every prerequisite has no remedy to apply', () => {
    const findings = source({});
    expect(Object.values(findings).every((entry) => entry.ok === true && entry.remedySql === null)).toBe(
      true,
    );
  });

  test.each([
    ['binlog_format', { format: 'MIXED' }, "SET PERSIST binlog_format = 'ROW';"],
    ['binlog_row_image', { rowImage: 'MINIMAL' }, "SET PERSIST binlog_row_image = 'FULL';"],
    ['binlog_row_metadata', { rowMetadata: 'MINIMAL' }, "SET PERSIST binlog_row_metadata = 'FULL';"],
    [
      'binlog_row_value_options',
      { rowValueOptions: 'PARTIAL_JSON' },
      "SET PERSIST binlog_row_value_options = '';",
    ],
    ['binlog_retention', { retentionSeconds: 3_600 }, 'SET PERSIST binlog_expire_logs_seconds = 604800;'],
  ])('with a wrong %s fails with the statement that mends it', (name, binlog, sql) => {
    const findings = source({}, binlog);
    const id = `source-${name.replaceAll('_', '-')}`;
    expect(failed(findings)).toEqual([id]);
    expect(findings[id]?.remedySql).toBe(sql);
  });

  test('of MariaDB is given statements that MariaDB understands', () => {
    const wrong = source({ server: MARIADB, grants: [] }, { format: 'STATEMENT', retentionSeconds: 86_400 });
    expect(wrong['source-binlog-format']?.remedySql).toMatch(
      /^SET GLOBAL binlog_format = 'ROW';\n-- .*my\.cnf/,
    );
    expect(wrong['source-binlog-retention']?.remedySql).toMatch(/^SET GLOBAL expire_logs_days = 7;/);
    expect(wrong['source-binlog-monitor']?.remedySql).toBe("GRANT BINLOG MONITOR ON *.* TO 'transfuse'@'%';");
    expect(wrong['source-select']?.remedySql).toBe("GRANT SELECT ON `clinic`.* TO 'transfuse'@'%';");
  });

  test('without a binlog fails, and one that keeps its binlog for ever does not', () => {
    expect(failed(source({}, { enabled: false }))).toEqual(['source-log-bin']);
    expect(failed(source({}, { retentionSeconds: null }))).toEqual([]);
  });

  test('that is a replica and does not log what it replicates fails; where nobody may know, that is said', () => {
    const off = { logsReplicatedChanges: false };
    expect(failed(source({}, { ...off, isReplica: true }))).toEqual(['source-log-replica-updates']);
    expect(source({}, { ...off, isReplica: true })['source-log-replica-updates']?.remedy).toContain(
      'log_replica_updates = ON',
    );
    const older = { server: MARIADB };
    expect(source(older, { ...off, isReplica: true })['source-log-replica-updates']?.remedy).toContain(
      'log_slave_updates = ON',
    );
    expect(failed(source({}, { ...off, isReplica: false }))).toEqual([]);
    expect(source({}, { ...off, isReplica: null })['source-log-replica-updates']).toMatchObject({
      ok: null,
      remedySql: "GRANT REPLICATION CLIENT ON *.* TO 'transfuse'@'%';",
    });
  });

  test.each([
    [{ only: ['other'], never: [] }, 'add binlog_do_db = clinic'],
    [{ only: [], never: ['clinic', 'x'] }, 'remove binlog_ignore_db = clinic'],
  ])('whose binlog leaves the database out fails: %o', (filters, remedy) => {
    const findings = source({}, { filters });
    expect(failed(findings)).toEqual(['source-binlog-filters']);
    expect(findings['source-binlog-filters']?.remedy).toContain(remedy);
    expect(failed(source({}, { filters: { only: ['clinic'], never: ['other'] } }))).toEqual([]);
  });

  test('of MySQL without GTIDs is told what that costs, and how to switch them on', () => {
    expect(source({}, { gtidMode: 'OFF' })['source-gtid']).toMatchObject({
      ok: null,
      remedy: expect.stringContaining('ON_PERMISSIVE'),
      remedySql: null,
    });
    expect(source({ server: MARIADB }, { gtidMode: null })['source-gtid']).toMatchObject({ ok: true });
  });

  test('that does not know row metadata is told apart from one that has them switched off', () => {
    expect(source({}, { rowMetadata: null })['source-binlog-row-metadata']).toMatchObject({ ok: null });
  });

  test('with a table that cannot be read fails and names it', () => {
    const findings = source({}, {}, ['secrets']);
    expect(findings['source-select']).toMatchObject({ ok: false });
    expect(findings['source-select']?.what).toContain('secrets');
  });

  test('whose user has a role that is not active is told to make it so', () => {
    const activation = "SET DEFAULT ROLE ALL TO 'transfuse'@'%';";
    const grants = parseGrants(['GRANT REPLICATION SLAVE ON *.* TO `transfuse`@`%`']);
    const findings = source({
      grants: parseGrants(['GRANT SELECT ON `clinic`.* TO `transfuse`@`%`']),
      inactiveRoles: [{ name: '`follower`@`%`', grants, activation }],
    });
    expect(failed(findings)).toEqual(['source-replication-client', 'source-replication-slave']);
    expect(findings['source-replication-slave']).toMatchObject({ remedySql: activation });
    expect(findings['source-replication-slave']?.remedy).toContain('`follower`@`%`');
    expect(findings['source-replication-client']?.remedySql).toBe(
      "GRANT REPLICATION CLIENT ON *.* TO 'transfuse'@'%';",
    );
  });

  test('of an old version fails', () => {
    const old = { flavor: 'mysql', version: '5.6.51', versionNumber: 5_06_51 } as const;
    expect(failed(source({ server: old }))).toEqual(['source-version']);
  });

  test('in plaintext from another machine is never called good [invariant 12]', () => {
    const findings = source({ tls: { inUse: false, version: null, cipher: null } });
    expect(findings['source-tls']).toMatchObject({ ok: null });
    expect(findings['source-tls']?.remedy).toContain('verify-full');
  });
});

describe('the target', () => {
  const state: TargetState = {
    version: '16.4',
    versionNumber: 160_004,
    tls: { inUse: true, version: 'TLSv1.3' },
    database: {
      encoding: 'UTF8',
      canCreateSchemas: true,
      schemas: [{ name: 'public', exists: true, canCreate: true }],
    },
    canCreateDatabases: false,
  };
  const target = (changes: Partial<TargetState>) =>
    byId(checkTarget('target', { ...state, ...changes }, SETTINGS));

  test('that meets every prerequisite leaves only the disk open', () => {
    const open = Object.values(target({})).filter((entry) => entry.ok !== true);
    expect(open.map((entry) => entry.id)).toEqual(['target-disk']);
  });

  test('in another encoding, too old, or closed to the user fails', () => {
    const database = { encoding: 'LATIN1', canCreateSchemas: true, schemas: [] };
    expect(failed(target({ versionNumber: 120_009, database }))).toEqual([
      'target-version',
      'target-encoding',
    ]);
    expect(target({ database })['target-encoding']?.remedySql).toMatch(
      /^ALTER DATABASE "clinic" RENAME TO "clinic_latin1";\nCREATE DATABASE "clinic" OWNER .*;$/,
    );
    expect(failed(target({ database: null }))).toEqual(['target-database']);
    expect(failed(target({ database: null, canCreateDatabases: true }))).toEqual([]);
  });
});

test('an end that cannot be reached is a finding; an interruption and a fault of ours are not', () => {
  const down = new TransfuseError('SOURCE_UNREACHABLE', 'Nobody answers.');
  expect(unreachable('source', down, SETTINGS)).toMatchObject({
    id: 'source-reachable',
    ok: false,
    what: 'Nobody answers.',
  });
  const stopped = new TransfuseError('INTERRUPTED', 'Stopped.');
  expect(() => unreachable('source', stopped, SETTINGS)).toThrow(stopped);
  expect(() => unreachable('source', new RangeError('x'), SETTINGS)).toThrow(RangeError);
});

test('plaintext is advised to a server on this machine only [invariant 12]', () => {
  const untrusted = new TransfuseError('SOURCE_TLS', 'Not trusted.');
  expect(unreachable('source', untrusted, SETTINGS).remedy).not.toContain('disable');
  const local = { ...SETTINGS, host: '127.0.0.1' };
  expect(unreachable('source', untrusted, local).remedy).toContain('LEGACY_DB_SSL_MODE=disable is enough');
});
