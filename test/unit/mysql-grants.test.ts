import { expect, test } from 'vitest';
import { hasPrivilege, parseGrants } from '../../src/mysql/grants.ts';
import { grantedRoles } from '../../src/mysql/roles.ts';

test('a grant on a database covers it and its tables, and no other', () => {
  const grants = parseGrants([
    'GRANT USAGE ON *.* TO `r`@`%`',
    'GRANT SELECT, SHOW VIEW ON `clinic`.* TO `r`@`%`',
  ]);
  expect(hasPrivilege(grants, 'SELECT', 'clinic')).toBe(true);
  expect(hasPrivilege(grants, 'select', 'clinic', 'patients')).toBe(true);
  expect(hasPrivilege(grants, 'SELECT', 'clinic2')).toBe(false);
  expect(hasPrivilege(grants, 'SELECT')).toBe(false);
  expect(hasPrivilege(grants, 'INSERT', 'clinic')).toBe(false);
});

test('all privileges contain each', () => {
  const grants = parseGrants(['GRANT ALL PRIVILEGES ON *.* TO `root`@`localhost` WITH GRANT OPTION']);
  expect(hasPrivilege(grants, 'SELECT', 'clinic')).toBe(true);
  expect(hasPrivilege(grants, 'REPLICATION SLAVE')).toBe(true);
});

test('wildcards and quotes in the name of a database are read as the server reads them', () => {
  const grants = parseGrants([
    'GRANT SELECT ON `app\\_one`.* TO `r`@`%`',
    'GRANT SELECT ON `we``ird%`.* TO `r`@`%`',
  ]);
  expect(hasPrivilege(grants, 'SELECT', 'app_one')).toBe(true);
  expect(hasPrivilege(grants, 'SELECT', 'appxone')).toBe(false);
  expect(hasPrivilege(grants, 'SELECT', 'we`ird name')).toBe(true);
});

test('a server with partial_revokes takes the name of a database as it is', () => {
  const lines = ['GRANT SELECT ON `app_one`.* TO `r`@`%`'];
  expect(hasPrivilege(parseGrants(lines), 'SELECT', 'appxone')).toBe(true);
  expect(hasPrivilege(parseGrants(lines, true), 'SELECT', 'appxone')).toBe(false);
  expect(hasPrivilege(parseGrants(lines, true), 'SELECT', 'app_one')).toBe(true);
});

test('the roles of an account are told from those of its roles', () => {
  expect(
    grantedRoles([
      'GRANT `a`@`%`,`b``s`@`10.0.0.%` TO `r`@`%` WITH ADMIN OPTION',
      'GRANT `of maria` TO `r`@`localhost`',
      'GRANT `inner` TO `of maria`',
      'GRANT USAGE ON *.* TO `r`@`%`',
      'GRANT SELECT ON `clinic`.* TO `r`@`%`',
    ]),
  ).toEqual(['`a`@`%`', '`b``s`@`10.0.0.%`', '`of maria`']);
});

test('a grant on a table covers only that table, and one on columns none', () => {
  const grants = parseGrants([
    'GRANT SELECT ON `clinic`.`patients` TO `r`@`%`',
    'GRANT SELECT (`id`, `name`), INSERT (`id`) ON `clinic`.`visits` TO `r`@`%`',
  ]);
  expect(hasPrivilege(grants, 'SELECT', 'clinic', 'patients')).toBe(true);
  expect(hasPrivilege(grants, 'SELECT', 'clinic', 'visits')).toBe(false);
  expect(hasPrivilege(grants, 'SELECT', 'clinic')).toBe(false);
});

test('the binlog privilege goes by two names', () => {
  const mariadb = parseGrants(['GRANT REPLICATION SLAVE, BINLOG MONITOR ON *.* TO `r`@`%`']);
  expect(hasPrivilege(mariadb, 'REPLICATION CLIENT')).toBe(true);
  expect(hasPrivilege(mariadb, 'REPLICATION SLAVE')).toBe(true);
});

test('a partial revoke takes one database away', () => {
  const grants = parseGrants(['GRANT SELECT ON *.* TO `r`@`%`', 'REVOKE SELECT ON `secret`.* FROM `r`@`%`']);
  expect(hasPrivilege(grants, 'SELECT', 'clinic')).toBe(true);
  expect(hasPrivilege(grants, 'SELECT', 'secret')).toBe(false);
});

test('what an active role has counts, as each server lists it; a role that is not active has nothing to list', () => {
  const mariadb = parseGrants([
    'GRANT `r` TO `u`@`%`',
    'GRANT USAGE ON *.* TO `u`@`%`',
    'GRANT REPLICATION SLAVE, BINLOG MONITOR ON *.* TO `r`',
    'GRANT SELECT ON `clinic`.* TO `r`',
    'SET DEFAULT ROLE `r` FOR `u`@`%`',
  ]);
  const mysql = parseGrants([
    'GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO `u`@`%`',
    'GRANT SELECT ON `clinic`.* TO `u`@`%`',
    'GRANT `r`@`%` TO `u`@`%`',
  ]);
  for (const grants of [mariadb, mysql]) {
    expect(hasPrivilege(grants, 'REPLICATION SLAVE')).toBe(true);
    expect(hasPrivilege(grants, 'BINLOG MONITOR')).toBe(true);
    expect(hasPrivilege(grants, 'SELECT', 'clinic')).toBe(true);
  }
  const inactive = parseGrants(['GRANT `r` TO `u`@`%`', 'GRANT USAGE ON *.* TO `u`@`%`']);
  expect(hasPrivilege(inactive, 'REPLICATION SLAVE')).toBe(false);
});

test('roles, proxies and routines are no grants on tables', () => {
  const grants = parseGrants([
    'GRANT `reader`@`%` TO `r`@`%`',
    'GRANT PROXY ON ``@`%` TO `root`@`localhost` WITH GRANT OPTION',
    'GRANT EXECUTE ON PROCEDURE `clinic`.`p` TO `r`@`%`',
  ]);
  expect(hasPrivilege(grants, 'SELECT', 'clinic')).toBe(false);
});
