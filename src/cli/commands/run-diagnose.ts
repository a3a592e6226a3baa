import { destinationsOf } from '../../config/destinations.ts';
import fs from 'node:fs/promises';
import path from 'node:path';
import { TransfuseError } from '../../core/errors.ts';
import { diagnose, type DiagnoseReport } from '../../diagnose/diagnose.ts';
import { loadProfile } from '../../profiles/load-profile.ts';
import type { CommandContext, CommandResult } from '../command.ts';
import { databasesOf, mappingOptions, readCatalog, readExtensions, requireServer } from '../planning.ts';
import { diagnoseHtml } from '../render-diagnose-html.ts';
import { renderDiagnose } from '../render-diagnose.ts';

export interface DiagnoseCommandOptions {
  tables?: string[];
  sample: number;
  explain?: boolean;
  html?: string;
}

/** Looks and tells. What does not fit is the result's problem, with exit code 3. */
export async function runDiagnoseCommand(
  context: CommandContext,
  options: DiagnoseCommandOptions,
): Promise<CommandResult> {
  const { settings, signal, logger } = context;
  requireServer(settings, 'diagnose');
  const { profile } = await loadProfile(context.profileName, settings);
  const connection = { applicationName: 'transfuse diagnose', signal };
  const [catalog, extensions] = await Promise.all([
    readCatalog(settings, 'diagnose', signal),
    readExtensions(databasesOf(settings, profile), connection),
  ]);
  const report = await diagnose({
    settings,
    profile,
    catalog,
    mappingOptions: mappingOptions(settings, extensions),
    destinations: destinationsOf(settings.targets, profile.services),
    tables: options.tables ?? null,
    sampleRows: options.sample,
    signal,
    onMapping: (mapping) => logger.info({ mapping }, 'diagnosing'),
  });
  if (options.html !== undefined) await writePage(options.html, diagnoseHtml(report, options.sample));
  const problem = problemOf(report);
  return {
    document: report,
    text: (stream) => renderDiagnose(report, stream, options.explain ?? false),
    ...(problem && { problem }),
  };
}

async function writePage(file: string, html: string): Promise<void> {
  try {
    await fs.mkdir(path.dirname(path.resolve(file)), { recursive: true });
    await fs.writeFile(file, html, { mode: 0o600 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new TransfuseError('USAGE', `The page cannot be written to ${file} (${code}).`, {
      fix: 'Give --html the path of a file that you may write.',
    });
  }
}

function problemOf({ mappings }: DiagnoseReport): TransfuseError | null {
  const bad = mappings.filter(({ fits }) => !fits);
  if (bad.length === 0) return null;
  return new TransfuseError(
    'MAPPING_MISFIT',
    `${bad.length} of ${mappings.length} mappings do not fit the databases or their rows.`,
    { where: { mappings: bad.length } },
  );
}
