/** One line of SHOW GRANTS. */
export interface SourceGrant {
  /** In upper case: `SELECT`, `REPLICATION SLAVE`, `ALL PRIVILEGES`. Without those on single columns. */
  privileges: string[];
  /** null: every database. A pattern, in which _ and % match as in LIKE. */
  database: string | null;
  /** null: every table. */
  table: string | null;
  /** MySQL's partial revokes take a privilege away from one database. */
  revoked: boolean;
}

const QUOTED = '`(?:[^`]|``)*`|"(?:[^"]|"")*"|\'(?:[^\']|\'\')*\'|\\*|[^\\s.]+';
const LINE = new RegExp(`^(GRANT|REVOKE) (.+?) ON (?:TABLE )?(${QUOTED})\\.(${QUOTED}) (?:TO|FROM) `, 'is');

/**
 * Reads what SHOW GRANTS prints, with what active roles grant. Roles themselves, proxies and routines grant no reading and are
 * left out. `literal` where the server takes _ and % in the names of databases for themselves.
 */
export function parseGrants(lines: readonly string[], literal = false): SourceGrant[] {
  return lines.flatMap((line) => {
    const match = LINE.exec(line);
    if (!match) return [];
    const [, verb = '', privileges = '', database = '', table = ''] = match;
    return [
      {
        // A privilege on single columns stands before a list in parentheses.
        privileges: splitPrivileges(privileges).filter((privilege) => !privilege.includes('(')),
        database: database === '*' ? null : patternOf(unquoteName(database), literal),
        table: table === '*' ? null : unquoteName(table),
        revoked: verb.toUpperCase() === 'REVOKE',
      },
    ];
  });
}

function patternOf(name: string, literal: boolean): string {
  return literal ? name.replaceAll(/[\\_%]/g, '\\$&') : name;
}

function splitPrivileges(list: string): string[] {
  return list.split(/,(?![^(]*\))/).map((privilege) => privilege.trim().toUpperCase());
}

function unquoteName(name: string): string {
  const quote = name[0] ?? '';
  return '`"\''.includes(quote) ? name.slice(1, -1).replaceAll(quote + quote, quote) : name;
}

/** Privileges that contain others, or that other versions call by another name. */
const CONTAINED_IN: Readonly<Record<string, readonly string[]>> = {
  'REPLICATION CLIENT': ['BINLOG MONITOR', 'SUPER'],
  'BINLOG MONITOR': ['REPLICATION CLIENT', 'SUPER'],
  'REPLICATION SLAVE': ['REPLICATION REPLICA'],
};

/**
 * Whether the grants give a privilege: everywhere when no database is named, else on that whole database, else on the
 * table. A grant on columns only does not count.
 */
export function hasPrivilege(
  grants: readonly SourceGrant[],
  privilege: string,
  database?: string,
  table?: string,
): boolean {
  const wanted = privilege.toUpperCase();
  const names = new Set([wanted, 'ALL PRIVILEGES', 'ALL', ...(CONTAINED_IN[wanted] ?? [])]);
  const covering = grants.filter(
    (grant) =>
      grant.privileges.some((name) => names.has(name)) &&
      (grant.database === null || (database !== undefined && likeMatches(grant.database, database))) &&
      (grant.table === null || grant.table === table),
  );
  return covering.some(({ revoked }) => !revoked) && !covering.some(({ revoked }) => revoked);
}

function likeMatches(pattern: string, name: string): boolean {
  const source = pattern.replaceAll(/\\[_%\\]|[_%]|[^\\_%]+|\\/g, (part) => {
    if (part === '%') return '.*';
    if (part === '_') return '.';
    const literal = part.length > 1 && part.startsWith('\\') ? part.slice(1) : part;
    return literal.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${source}$`, 's').test(name);
}
