import { destinationsOf, type Destination } from '../../config/destinations.ts';
import type { DatabaseSettings } from '../../config/settings.ts';
import { TransfuseError } from '../../core/errors.ts';
import type { ServiceName } from '../../core/services.ts';
import { ledgerExists } from '../../ledger/ddl.ts';
import { readObjectsAway } from '../../ledger/saved-objects.ts';
import type { MappingOptions } from '../../mapping/mapping.ts';
import { openTarget, type OpenTargetOptions } from '../../postgres/connection.ts';
import type { SchemaPlan, SchemaScript } from '../../postgres/schema-plan.ts';
import { loadProfile, type LoadedProfile } from '../../profiles/load-profile.ts';
import type { LeftAlone } from '../../schema/compare-schema.ts';
import { createSchema } from '../../schema/create-schema.ts';
import { printSchema, printScript } from '../../schema/print-schema.ts';
import { runScript } from '../../schema/run-script.ts';
import { SchemaDiffersError } from '../../schema/schema-differs-error.ts';
import type { CommandContext, CommandResult } from '../command.ts';
import { underDatabaseNames } from '../destinations.ts';
import { databasesOf, mappingOptions, readCatalog, readExtensions } from '../planning.ts';
import {
  differencesDocument,
  renderDifferences,
  renderReport,
  renderScript,
  reportDocument,
} from '../render-schema.ts';

export interface SchemaOptions {
  print?: boolean;
}

interface PlannedSchema {
  destination: Destination;
  service: ServiceName;
  schema: SchemaPlan | SchemaScript;
}

/** Creates what is missing, or prints it. A target that differs is the result's problem; nothing of it is altered. */
export async function runSchemaCommand(
  context: CommandContext,
  options: SchemaOptions,
): Promise<CommandResult> {
  const loaded = await loadProfile(context.profileName, context.settings);
  return options.print ? print(context, loaded) : create(context, loaded);
}

async function print(context: CommandContext, loaded: LoadedProfile): Promise<CommandResult> {
  const planned = await planSchemas(context, loaded, await extensionsIfReachable(context, loaded));
  const isOne = new Set(planned.map(({ destination }) => destination)).size === 1;
  const sql = planned
    .map(({ destination, schema }) => {
      const connect = isOne ? '' : `\\connect "${destination.database.database}"\n`;
      return `${connect}${isScript(schema) ? printScript(schema) : printSchema(schema)}`;
    })
    .join('\n');
  const notes = planned.flatMap(({ schema }) => (isScript(schema) ? [] : schema.notes));
  return { document: { sql, notes }, text: sql.trimEnd() };
}

async function create(context: CommandContext, loaded: LoadedProfile): Promise<CommandResult> {
  const databases = databasesOf(context.settings, loaded.profile);
  const extensions = await readExtensions(databases, connectionOptions(context));
  const made: (CommandResult & { destination: Destination; text: string })[] = [];
  for (const planned of await planSchemas(context, loaded, extensions)) {
    const { destination, service } = planned;
    const { document, ...rest } = await createOne(context, planned);
    made.push({ ...rest, document: { service, ...document }, destination });
  }
  const problem = made.find((one) => one.problem)?.problem;
  return {
    document: { schemas: made.map(({ document }) => document) },
    text: underDatabaseNames(made),
    ...(problem && { problem }),
  };
}

async function createOne(
  context: CommandContext,
  { destination, schema }: PlannedSchema,
): Promise<CommandResult & { text: string }> {
  const settings = destination.database;
  const connection = connectionOptions(context);
  if (isScript(schema)) {
    const report = await runScript(settings, schema, connection);
    context.logger.info({ schema: report.schema, created: report.schemaCreated }, 'schema script');
    return { document: report, text: renderScript(report) };
  }
  const leaveAlone = await findObjectsAway(settings, schema, connection);
  try {
    const report = await createSchema({ settings, schemaPlan: schema, leaveAlone, connection });
    context.logger.info({ created: report.created.length, present: report.present.length }, 'schema created');
    return { document: reportDocument(report), text: renderReport(report) };
  } catch (error) {
    if (!(error instanceof SchemaDiffersError)) throw error;
    const { differences } = error;
    return {
      document: differencesDocument(differences),
      text: renderDifferences(differences),
      problem: error,
    };
  }
}

function isScript(schema: SchemaPlan | SchemaScript): schema is SchemaScript {
  return 'sql' in schema;
}

async function planSchemas(
  { settings, signal }: CommandContext,
  { profile, schema, scripts }: LoadedProfile,
  extensions: MappingOptions['extensions'],
): Promise<PlannedSchema[]> {
  const all = destinationsOf(settings.targets, profile.services).flatMap((destination) =>
    destination.services.map((service) => ({ destination, service })),
  );
  if (scripts !== null) return all.map((one) => ({ ...one, schema: scripts[one.service]! }));
  if (schema === null) {
    throw new TransfuseError('PROFILE_UNKNOWN', `The profile ${profile.name} brings no schema of its own.`, {
      fix: 'Create the tables yourself, or export a function named schema, or scripts, from the module.',
    });
  }
  const source = await readCatalog(settings, 'schema', signal);
  const options = mappingOptions(settings, extensions);
  return Promise.all(
    all.map(async (one) => ({ ...one, schema: await schema(source, options, one.service) })),
  );
}

/** What a bulk load has taken away comes back by its own hand: it is not missing. */
async function findObjectsAway(
  settings: DatabaseSettings,
  plan: SchemaPlan,
  options: OpenTargetOptions,
): Promise<LeftAlone[]> {
  const target = await openTarget(settings, options).catch((error: unknown) => {
    if (error instanceof TransfuseError && error.code === 'TARGET_DATABASE_MISSING') return null;
    throw error;
  });
  if (target === null) return [];
  try {
    const away = (await ledgerExists(target)) ? await readObjectsAway(target, null) : [];
    const names = new Set(away.map((object) => `${object.table}.${object.name}`));
    return plan.objects.flatMap(({ schema, table, name }) =>
      table !== null && names.has(`${schema}.${table}.${name}`) ? [{ table, name }] : [],
    );
  } finally {
    await target.close();
  }
}

/** For printing alone the target need not be there. */
async function extensionsIfReachable(
  context: CommandContext,
  { profile }: LoadedProfile,
): Promise<MappingOptions['extensions']> {
  try {
    return await readExtensions(databasesOf(context.settings, profile), connectionOptions(context));
  } catch (error) {
    if (!(error instanceof TransfuseError) || error.code === 'INTERRUPTED') throw error;
    context.console.warn(
      `the target cannot be asked for its extensions (${error.code}): printed for a server without any`,
    );
    return { postgis: false, pgvector: false };
  }
}

function connectionOptions({ signal }: CommandContext): OpenTargetOptions {
  return { applicationName: 'transfuse schema', signal };
}
