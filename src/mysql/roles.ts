/** Roles that an account has and that are not active when it signs in: what they grant does not count until they are. */
import { parseGrants, type SourceGrant } from './grants.ts';
import type { SourceConnection } from './source-connection.ts';

export interface InactiveRole {
  /** Quoted. */
  name: string;
  /** The account's own and those of the role. */
  grants: SourceGrant[];
  /** The statement that makes it active whenever the account signs in. */
  activation: string;
}

const DOING = { doing: 'reading the privileges of the user' };
const NAME = '`(?:[^`]|``)*`';
/** Only an account has a host; roles of roles are left out. */
const ROLE_GRANT = new RegExp(`^GRANT ((?:${NAME}(?:@${NAME})?,? ?)+) TO ${NAME}@${NAME}`);

/** The roles in the lines of SHOW GRANTS, quoted as they stand there. Pure. */
export function grantedRoles(lines: readonly string[]): string[] {
  return lines.flatMap((line) => {
    const [, list = ''] = ROLE_GRANT.exec(line) ?? [];
    return list.match(new RegExp(`${NAME}(?:@${NAME})?`, 'g')) ?? [];
  });
}

/** The lines of SHOW GRANTS for the account that is signed in, with its active roles; or as it would be with only `role`, in MySQL. */
export async function showGrants(source: SourceConnection, role?: string): Promise<string[]> {
  const sql = role === undefined ? 'SHOW GRANTS' : `SHOW GRANTS FOR CURRENT_USER() USING ${role}`;
  const rows = await source.query<Record<string, string>>(sql, DOING);
  return rows.map((row) => Object.values(row)[0] ?? '');
}

/**
 * The inactive roles among those in `lines`, with what they grant. Nothing for MariaDB where a role is active: it has one at a
 * time. Throws what `query` throws.
 */
export async function readInactiveRoles(
  source: SourceConnection,
  lines: readonly string[],
): Promise<InactiveRole[]> {
  const granted = grantedRoles(lines);
  // Servers that have no roles do not know CURRENT_ROLE() either.
  if (granted.length === 0) return [];
  const [current] = await source.query<{ role: string | null }>('SELECT CURRENT_ROLE() AS role', DOING);
  const active = current?.role ?? 'NONE';
  const isMariadb = source.server.flavor === 'mariadb';
  if (isMariadb && active !== 'NONE') return [];
  const { account = '', literalGrants } = source.context;
  const inactive: InactiveRole[] = [];
  for (const name of granted.filter((role) => !active.includes(role))) {
    const withRole = isMariadb ? await showGrantsAs(source, name) : await showGrants(source, name);
    inactive.push({
      name,
      grants: parseGrants(withRole, literalGrants),
      activation: isMariadb
        ? `SET DEFAULT ROLE ${name} FOR ${account};`
        : `SET DEFAULT ROLE ALL TO ${account};`,
    });
  }
  return inactive;
}

/** MariaDB shows what a role grants only to who has taken it on. */
async function showGrantsAs(source: SourceConnection, role: string): Promise<string[]> {
  await source.query(`SET ROLE ${role}`, DOING);
  const lines = await showGrants(source);
  await source.query('SET ROLE NONE', DOING);
  return lines;
}
