import { pathToFileURL } from 'node:url';
import { resolve } from 'node:path';
import { TransfuseError } from '../core/errors.ts';
import { SERVICE_NAMES, type ServiceName } from '../core/services.ts';
import { fieldKey, type FieldKey } from '../mapping/field-crypto.ts';
import type { MappingOptions, Profile } from '../mapping/mapping.ts';
import type { SourceCatalog } from '../mysql/catalog-model.ts';
import type { SchemaPlan, SchemaScript } from '../postgres/schema-plan.ts';
import { mirrorProfile } from './mirror/mirror-profile.ts';

/** A profile and, if it brings them, the target schemas that its mappings fill: made for the source, or written by hand. */
export interface LoadedProfile {
  profile: Profile;
  schema:
    | ((
        source: SourceCatalog,
        options: MappingOptions,
        service: ServiceName,
      ) => SchemaPlan | Promise<SchemaPlan>)
    | null;
  scripts: Partial<Record<ServiceName, SchemaScript>> | null;
}

/** What a profile may need and no message, ledger or log may hold. */
export interface ProfileSecrets {
  /** null where the operator has given none. */
  fieldKey: FieldKey | null;
}

type ProfileMaker = (secrets: ProfileSecrets) => unknown;

/**
 * The profile of this name, or the one that a module exports as `profile` or by default, with its `schema` or `scripts` beside it. A
 * function is called with the secrets and gives the profile.
 * Only a path (with a slash, or a name that ends in .js or .mjs) is taken for a module. Throws PROFILE_UNKNOWN.
 */
export async function loadProfile(
  name: string,
  { fieldKey: keyDigits }: { fieldKey: string | null },
): Promise<LoadedProfile> {
  if (name === mirrorProfile.name) return { profile: mirrorProfile, schema: mirrorSchema, scripts: null };
  if (name === 'openemr') return loadOpenemr(keyDigits);
  if (!/[/\\]|\.m?js$/.test(name)) throw unknown(name, 'there is no built-in profile of this name');
  const secrets = secretsOf(keyDigits);
  let module: { default?: unknown; profile?: unknown; schema?: unknown; scripts?: unknown };
  let profile: unknown;
  try {
    module = (await import(pathToFileURL(resolve(name)).href)) as typeof module;
    const exported = module.profile ?? module.default;
    profile = typeof exported === 'function' ? (exported as ProfileMaker)(secrets) : exported;
  } catch (error) {
    if (error instanceof TransfuseError) throw error;
    throw unknown(name, `the module cannot be loaded (${kindOf(error)})`);
  }
  if (!isProfile(profile)) throw unknown(name, 'the module exports no profile');
  refuseUnknownServices(name, profile);
  const { schema, scripts } = module;
  return {
    profile,
    schema: typeof schema === 'function' ? (schema as LoadedProfile['schema']) : null,
    scripts: scripts === undefined ? null : scriptsOf(name, profile, scripts),
  };
}

function secretsOf(keyDigits: string | null): ProfileSecrets {
  return { fieldKey: keyDigits === null ? null : fieldKey(Buffer.from(keyDigits, 'hex')) };
}

async function loadOpenemr(keyDigits: string | null): Promise<LoadedProfile> {
  const { openemrProfile, openemrScripts } = await import('./openemr/openemr-profile.ts');
  return { profile: openemrProfile(secretsOf(keyDigits)), schema: null, scripts: openemrScripts() };
}

/** A load needs the mappings only. */
async function mirrorSchema(source: SourceCatalog, options: MappingOptions): Promise<SchemaPlan> {
  const ddl = await import('./mirror/ddl/mirror-schema.ts');
  return ddl.mirrorSchema(source, options);
}

function isProfile(value: unknown): value is Profile {
  const { name, mappings } = Object(value) as Partial<Profile>;
  return typeof name === 'string' && typeof mappings === 'function';
}

function scriptsOf(name: string, { services }: Profile, scripts: unknown): LoadedProfile['scripts'] {
  const byService = Object(scripts) as Partial<Record<ServiceName, Partial<SchemaScript>>>;
  for (const service of services) {
    const { schema, sql } = byService[service] ?? {};
    if (typeof schema !== 'string' || typeof sql !== 'string')
      throw unknown(name, `its scripts lack { schema, sql } for the service ${service}`);
  }
  return byService as LoadedProfile['scripts'];
}

function refuseUnknownServices(name: string, { services }: { services?: unknown }): void {
  const known = SERVICE_NAMES.join(', ');
  if (!Array.isArray(services) || services.length === 0) {
    throw unknown(name, `it has no list of the services whose databases it fills, of ${known}`);
  }
  if (!services.every((service) => SERVICE_NAMES.includes(service as ServiceName))) {
    throw unknown(name, `its list of services has one that is not known; there are ${known}`);
  }
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
