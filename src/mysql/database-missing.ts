import { TransfuseError } from '../core/errors.ts';
import { suggest } from '../core/suggest.ts';
import { hasPrivilege } from './grants.ts';
import { quoteGrantDatabase, quoteSourceIdentifier } from './identifiers.ts';
import { readInactiveRoles, showGrants } from './roles.ts';
import type { SourceConnection } from './source-connection.ts';

const SYSTEM_DATABASES = new Set(['information_schema', 'performance_schema', 'mysql', 'sys']);
const MAX_NAMED = 20;
/** Servers say so too where there is no such database, to a user who may not see them all. */
const ACCESS_TO_DATABASE_DENIED = 1044;

/** Whether a refusal to connect to a database may be for want of the database. */
export function isDatabaseMissing(error: unknown): error is TransfuseError {
  return (
    error instanceof TransfuseError &&
    (error.code === 'SOURCE_DATABASE_MISSING' || error.where['errno'] === ACCESS_TO_DATABASE_DENIED)
  );
}

/** The refusal with the databases that the user may see instead, asked over a connection to none. Throws what `query` throws. */
export async function explainMissingDatabase(
  refusal: TransfuseError,
  database: string,
  source: SourceConnection,
): Promise<TransfuseError> {
  const { host, port } = refusal.where;
  const rows = await source.query<Record<string, string>>('SHOW DATABASES', { doing: 'listing databases' });
  const visible = rows
    .map((row) => Object.values(row)[0] ?? '')
    .filter((name) => !SYSTEM_DATABASES.has(name));
  if (visible.includes(database)) return refusal;
  const named = visible.slice(0, MAX_NAMED).map(quoteSourceIdentifier).join(', ');
  const more = visible.length > MAX_NAMED ? ` and ${visible.length - MAX_NAMED} more` : '';
  const instead = visible.length === 0 ? 'It may see none.' : `It may see ${named}${more}.`;
  const meant = suggest(database, visible);
  const roles = await readInactiveRoles(source, await showGrants(source));
  const role = roles.find(({ grants }) => hasPrivilege(grants, 'SELECT', database));
  const { account, literalGrants } = source.context;
  return new TransfuseError(
    'SOURCE_DATABASE_MISSING',
    `The source server ${host}:${port} has no database ${quoteSourceIdentifier(database)} that the user may see. ${instead}`,
    {
      where: refusal.where,
      fix: role
        ? `The role ${role.name} may read it, and is not active when the user signs in. At the source:\n${role.activation}`
        : `Check LEGACY_DB_NAME${meant === null ? '.' : `: did you mean ${meant}?`} ` +
          'If the database exists, let somebody who may run this at the source:\n' +
          `GRANT SELECT ON ${quoteGrantDatabase(database, literalGrants)}.* TO ${account};`,
    },
  );
}
