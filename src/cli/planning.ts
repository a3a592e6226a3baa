/** What commands read from both ends before they make a plan. */
import { destinationsOf } from '../config/destinations.ts';
import type { DatabaseSettings, Settings } from '../config/settings.ts';
import { TransfuseError } from '../core/errors.ts';
import type { MappingOptions, Profile } from '../mapping/mapping.ts';
import { readExports } from '../exports/read-exports.ts';
import { makePlan, type Plan } from '../mapping/plan.ts';
import type { SourceCatalog } from '../mysql/catalog-model.ts';
import { readSourceCatalog } from '../mysql/catalog.ts';
import { openSource } from '../mysql/connection.ts';
import { readTargetFacts } from '../postgres/catalog.ts';
import { openTarget, type OpenTargetOptions } from '../postgres/connection.ts';
import type { CommandContext } from './command.ts';
import { loadProfile } from '../profiles/load-profile.ts';

/** The catalog of the source: of a server over a connection of its own, or of a directory of exports. */
export async function readCatalog(
  { source, exports }: Pick<Settings, 'source' | 'exports'>,
  purpose: string,
  signal: AbortSignal,
): Promise<SourceCatalog> {
  if (exports) return (await readExports(exports)).catalog;
  const connection = await openSource(source, { purpose, signal });
  try {
    return await readSourceCatalog(connection, source.database);
  } finally {
    await connection.close();
  }
}

/** The extensions that change the type map and that every target database has. */
export async function readExtensions(
  databases: readonly DatabaseSettings[],
  options: OpenTargetOptions,
): Promise<MappingOptions['extensions']> {
  const each = await Promise.all(databases.map((database) => extensionsOf(database, options)));
  return {
    postgis: each.every(({ postgis }) => postgis),
    pgvector: each.every(({ pgvector }) => pgvector),
  };
}

/** None where the database does not exist yet. */
async function extensionsOf(
  target: DatabaseSettings,
  options: OpenTargetOptions,
): Promise<MappingOptions['extensions']> {
  try {
    const connection = await openTarget(target, options);
    try {
      const names = new Set(
        (await readTargetFacts(connection)).extensions.map((extension) => extension.name),
      );
      return { postgis: names.has('postgis'), pgvector: names.has('vector') };
    } finally {
      await connection.close();
    }
  } catch (error) {
    if (!(error instanceof TransfuseError) || error.code !== 'TARGET_DATABASE_MISSING') throw error;
    return { postgis: false, pgvector: false };
  }
}

/** The target databases that a profile fills. */
export function databasesOf(settings: Settings, { services }: Pick<Profile, 'services'>): DatabaseSettings[] {
  return destinationsOf(settings.targets, services).map(({ database }) => database);
}

/** The settings of a plan, from those of the operator and what the target offers. */
export function mappingOptions(
  { mapping, source }: Settings,
  extensions: MappingOptions['extensions'],
): MappingOptions {
  const { zeroDate, nul, tinyint1, identifierCase, targetSchema, cutoverDate, orphans } = mapping;
  const policies = { zeroDate, nul, tinyint1 };
  const { timeZone } = source;
  return { policies, identifierCase, targetSchema, extensions, timeZone, cutoverDate, orphans };
}

/** Files cannot be joined. */
function refuseQueries({ profile, mappings }: Plan): void {
  const query = mappings.find(({ mapping }) => mapping.shape !== 'row');
  if (!query) return;
  throw new TransfuseError(
    'NOTHING_TO_DO',
    `The profile ${profile.name} joins tables (${query.mapping.id}), and exports cannot be joined.`,
    {
      where: { mapping: query.mapping.id },
      fix: 'Load the exports into a MariaDB or MySQL server, and move them from there; or use --profile mirror, or a profile of row mappings.',
    },
  );
}

/** What reads the source's rows or its binlog itself needs a server. Throws CONFIG_INVALID. */
export function requireServer(
  { exports, source }: Pick<Settings, 'exports' | 'source'>,
  command: string,
): Settings['source'] {
  if (!exports) return source;
  throw new TransfuseError(
    'CONFIG_INVALID',
    `bin/${command} needs a server, and LEGACY_DB_TYPE names exports.`,
    {
      fix: 'bin/schema and bin/bulk load exports; nothing changes in them that could be followed.',
    },
  );
}

/** Reads both ends and makes the plan of the named source tables, or of all. Changes nothing. */
export async function preparePlan(
  { settings, profileName, signal }: Pick<CommandContext, 'settings' | 'profileName' | 'signal'>,
  tables?: readonly string[],
): Promise<Plan> {
  const { profile } = await loadProfile(profileName, settings);
  const [catalog, extensions] = await Promise.all([
    readCatalog(settings, 'planning', signal),
    readExtensions(databasesOf(settings, profile), { applicationName: 'transfuse planning', signal }),
  ]);
  const plan = makePlan(profile, catalog, mappingOptions(settings, extensions), tables);
  if (settings.exports) refuseQueries(plan);
  return plan;
}
