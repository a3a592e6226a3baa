import { pathToFileURL } from 'node:url';
import { resolve } from 'node:path';
import { TransfuseError } from '../core/errors.ts';
import type { MappingOptions, Profile } from '../mapping/mapping.ts';
import type { SourceCatalog } from '../mysql/catalog-model.ts';
import type { SchemaPlan } from '../postgres/schema-plan.ts';
import { mirrorProfile } from './mirror/mirror-profile.ts';

export interface SchemaOptions extends MappingOptions {
  sourceTimeZone: string | null;
}

/** A profile and, if it brings one, the target schema that its mappings fill. */
export interface LoadedProfile {
  profile: Profile;
  schema: ((source: SourceCatalog, options: SchemaOptions) => SchemaPlan | Promise<SchemaPlan>) | null;
}

/**
 * The profile of this name, or the one that a module exports as `profile` or by default, with its `schema` beside it.
 * Only a path (with a slash, or a name that ends in .js or .mjs) is taken for a module. Throws PROFILE_UNKNOWN.
 */
export async function loadProfile(name: string): Promise<LoadedProfile> {
  if (name === mirrorProfile.name) return { profile: mirrorProfile, schema: mirrorSchema };
  if (!/[/\\]|\.m?js$/.test(name)) throw unknown(name, 'there is no built-in profile of this name');
  let module: { default?: unknown; profile?: unknown; schema?: unknown };
  try {
    module = (await import(pathToFileURL(resolve(name)).href)) as typeof module;
  } catch (error) {
    throw unknown(name, `the module cannot be loaded (${kindOf(error)})`);
  }
  const profile = module.profile ?? module.default;
  if (!isProfile(profile)) throw unknown(name, 'the module exports no profile');
  const { schema } = module;
  return { profile, schema: typeof schema === 'function' ? (schema as LoadedProfile['schema']) : null };
}

/** A load needs the mappings only. */
async function mirrorSchema(source: SourceCatalog, options: SchemaOptions): Promise<SchemaPlan> {
  const ddl = await import('./mirror/ddl/mirror-schema.ts');
  return ddl.mirrorSchema(source, options);
}

function isProfile(value: unknown): value is Profile {
  const { name, mappings } = Object(value) as Partial<Profile>;
  return typeof name === 'string' && typeof mappings === 'function';
}

function unknown(name: string, reason: string): TransfuseError {
  return new TransfuseError('PROFILE_UNKNOWN', `The profile ${name} cannot be used: ${reason}.`, {
    where: { profile: name },
  });
}

/** A module's own message could hold anything. */
function kindOf(error: unknown): string {
  const { code, name } = Object(error) as { code?: unknown; name?: unknown };
  return [code, name].find((text) => typeof text === 'string') ?? 'unknown';
}
