import type { DatabaseSettings } from '../../config/settings.ts';
import { TransfuseError } from '../../core/errors.ts';
import { ledgerExists } from '../../ledger/ddl.ts';
import { readObjectsAway } from '../../ledger/saved-objects.ts';
import type { MappingOptions } from '../../mapping/mapping.ts';
import { openTarget, type OpenTargetOptions } from '../../postgres/connection.ts';
import type { SchemaPlan } from '../../postgres/schema-plan.ts';
import type { LeftAlone } from '../../schema/compare-schema.ts';
import { createSchema } from '../../schema/create-schema.ts';
import { printSchema } from '../../schema/print-schema.ts';
import { SchemaDiffersError } from '../../schema/schema-differs-error.ts';
import type { CommandContext, CommandResult } from '../command.ts';
import { loadProfile } from '../../profiles/load-profile.ts';
import { mappingOptions, readCatalog, readExtensions } from '../planning.ts';
import { differencesDocument, renderDifferences, renderReport, reportDocument } from '../render-schema.ts';

export interface SchemaOptions {
  print?: boolean;
}

/** Creates what is missing, or prints it. A target that differs is the result's problem; nothing of it is altered. */
export function runSchemaCommand(context: CommandContext, options: SchemaOptions): Promise<CommandResult> {
  return options.print ? printPlan(context) : create(context);
}

async function printPlan(context: CommandContext): Promise<CommandResult> {
  const plan = await makeSchemaPlan(context, await extensionsIfReachable(context));
  const sql = printSchema(plan);
  return { document: { sql, notes: plan.notes }, text: sql.trimEnd() };
}

async function create(context: CommandContext): Promise<CommandResult> {
  const settings = context.settings.targets.patient;
  const connection = connectionOptions(context);
  const plan = await makeSchemaPlan(context, await readExtensions(settings, connection));
  const leaveAlone = await findObjectsAway(settings, plan, connection);
  try {
    const report = await createSchema({ settings, schemaPlan: plan, leaveAlone, connection });
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

async function makeSchemaPlan(
  { settings, profileName, signal }: CommandContext,
  extensions: MappingOptions['extensions'],
): Promise<SchemaPlan> {
  const { profile, schema } = await loadProfile(profileName);
  if (schema === null) {
    throw new TransfuseError('PROFILE_UNKNOWN', `The profile ${profile.name} brings no schema of its own.`, {
      fix: 'Create the tables yourself, or export a function named schema from the module.',
    });
  }
  const source = await readCatalog(settings.source, 'schema', signal);
  return schema(source, {
    ...mappingOptions(settings, extensions),
    sourceTimeZone: settings.source.timeZone,
  });
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
async function extensionsIfReachable(context: CommandContext): Promise<MappingOptions['extensions']> {
  try {
    return await readExtensions(context.settings.targets.patient, connectionOptions(context));
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
