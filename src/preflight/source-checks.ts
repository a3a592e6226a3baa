/** What the source must be and allow. Pure: facts in, findings out. */
import type { DatabaseSettings } from '../config/settings.ts';
import { isLocal } from '../config/plaintext.ts';
import { quantity } from '../core/quantity.ts';
import { hasPrivilege } from '../mysql/grants.ts';
import type { SourceFacts } from '../mysql/facts.ts';
import { quoteGrantDatabase } from '../mysql/identifiers.ts';
import { binlogChecks } from './binlog-checks.ts';
import { finding, type Finding, type Remedy } from './finding.ts';

const MAX_NAMED = 10;
const OLDEST = { mysql: 5_07_00, mariadb: 10_02_00 } as const;

/** Every check of the source that its facts can answer. `unreadable` are tables that refused a SELECT. */
export function checkSource(
  facts: SourceFacts,
  settings: DatabaseSettings,
  unreadable: readonly string[],
): Finding[] {
  return [
    checkVersion(facts),
    checkTls(facts, settings),
    checkSelect(facts, settings.database, unreadable),
    ...checkReplicationGrants(facts),
    ...binlogChecks(facts, settings.database),
  ];
}

function checkVersion({ server }: SourceFacts): Finding {
  const name = server.flavor === 'mysql' ? 'MySQL' : 'MariaDB';
  return finding(
    'source-version',
    server.versionNumber >= OLDEST[server.flavor],
    `The source is ${name} ${server.version}.`,
    'MySQL 5.7 and MariaDB 10.2 are the oldest whose catalog and binlog are understood.',
    { remedy: 'Upgrade the source, or migrate from a replica that runs a newer version.' },
  );
}

function checkTls({ tls }: SourceFacts, { host, tls: { mode } }: DatabaseSettings): Finding {
  const local = isLocal(host);
  const ok = tls.inUse ? true : local ? true : null;
  const plain = local
    ? 'The connection is not encrypted and does not leave this machine.'
    : 'The connection is not encrypted, which ALLOW_PLAINTEXT allows.';
  return finding(
    'source-tls',
    ok,
    tls.inUse ? `The connection uses ${tls.version ?? 'TLS'}, mode ${mode}.` : plain,
    'Patient data travels on this connection.',
    { remedy: 'Set LEGACY_DB_SSL_MODE=verify-full and give the CA in LEGACY_DB_SSL_CA.' },
  );
}

function checkSelect(facts: SourceFacts, database: string, unreadable: readonly string[]): Finding {
  const granted = hasPrivilege(facts.grants, 'SELECT', database);
  const onDatabase = `${quoteGrantDatabase(database, facts.literalGrants)}.*`;
  const missing =
    unreadable.length > 0
      ? `The user may not read ${quantity(unreadable.length, 'table')} of ${database}: ${unreadable.slice(0, MAX_NAMED).join(', ')}${unreadable.length > MAX_NAMED ? ' …' : ''}.`
      : `The user has no SELECT on all of ${database}: tables it may not see would be left out.`;
  return finding(
    'source-select',
    granted && unreadable.length === 0,
    granted && unreadable.length === 0 ? `The user may read every table of ${database}.` : missing,
    'Every table has to be read, and a table that the user may not see would be missed without a word.',
    grantRemedy(facts, `GRANT SELECT ON ${onDatabase} TO ${facts.account};`, 'SELECT', database),
  );
}

function checkReplicationGrants(facts: SourceFacts): Finding[] {
  const { flavor, versionNumber } = facts.server;
  const client = flavor === 'mariadb' && versionNumber >= 10_05_02 ? 'BINLOG MONITOR' : 'REPLICATION CLIENT';
  const why: Record<string, string> = {
    [client]:
      'The position of the binlog is recorded before the first row is read, so that no change is missed.',
    'REPLICATION SLAVE': 'Changes made during and after the load are read from the binlog.',
  };
  return [client, 'REPLICATION SLAVE'].map((privilege) => {
    const granted = hasPrivilege(facts.grants, privilege);
    return finding(
      `source-${privilege.toLowerCase().replace(' ', '-')}`,
      granted,
      granted ? `The user has ${privilege}.` : `The user lacks ${privilege}.`,
      why[privilege] ?? '',
      grantRemedy(facts, `GRANT ${privilege} ON *.* TO ${facts.account};`, privilege),
    );
  });
}

/** A privilege that the user has by a role needs no grant, but the role to be active. */
function grantRemedy(facts: SourceFacts, grant: string, privilege: string, database?: string): Remedy {
  const role = facts.inactiveRoles.find(({ grants }) => hasPrivilege(grants, privilege, database));
  if (!role) return { remedySql: grant };
  return {
    remedy: `The role ${role.name} gives it, and is not active when the user signs in.`,
    remedySql: role.activation,
  };
}
