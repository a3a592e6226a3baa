/** What people call a service's rows on the command line: `bin/bulk patients doctors`, or an older runbook's `migrate-patients`. */
import { TransfuseError } from '../core/errors.ts';
import { SERVICE_NAMES, SERVICES, type ServiceName } from '../core/services.ts';
import { suggest } from '../core/suggest.ts';
import type { Profile } from '../mapping/mapping.ts';

const ENTITIES = SERVICE_NAMES.map((service) => SERVICES[service].entity);
/** No service's: the files of rows that are loaded. */
export const DOCUMENTS = 'documents';

const ALIAS_PREFIX = 'migrate-';

/** The older names of `bulk`, one for each entity. */
export const ENTITY_ALIASES = ENTITIES.map((entity) => `${ALIAS_PREFIX}${entity}`);

/**
 * The services that were asked for, by name or by the alias of the command; all of the profile where none was. Throws USAGE for
 * a name that nobody knows, and NOTHING_TO_DO for one that the profile has nothing for.
 */
export function servicesOf(
  names: readonly string[],
  invokedAs: string,
  { name: profileName, services }: Pick<Profile, 'name' | 'services'>,
): readonly ServiceName[] {
  const byAlias = ENTITY_ALIASES.includes(invokedAs) ? [invokedAs.slice(ALIAS_PREFIX.length)] : [];
  const asked = [...byAlias, ...names];
  if (asked.length === 0) return services;
  const unknown = asked.filter((name) => !ENTITIES.some((entity) => entity === name));
  if (unknown.length > 0) throw unknownEntity(unknown);
  const chosen = SERVICE_NAMES.filter((service) => asked.includes(SERVICES[service].entity));
  const missing = chosen.filter((service) => !services.includes(service));
  if (missing.length === 0) return chosen;
  throw new TransfuseError(
    'NOTHING_TO_DO',
    `The profile ${profileName} has no mappings for ${missing.map((service) => SERVICES[service].entity).join(', ')}.`,
    { where: { profile: profileName }, fix: 'Name entities of the profile, or none for all of them.' },
  );
}

function unknownEntity(names: readonly string[]): TransfuseError {
  const meant = names[0] === DOCUMENTS ? null : suggest(names[0]!, [...ENTITIES, DOCUMENTS]);
  const known = `There are ${[...ENTITIES, DOCUMENTS].join(', ')}.${meant === null ? '' : ` Did you mean ${meant}?`}`;
  return new TransfuseError('USAGE', `Not an entity: ${names.join(', ')}. ${known}`, {
    fix: 'Name source tables with --tables.',
  });
}
