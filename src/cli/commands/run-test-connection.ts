import { destinationsOf, type Destination } from '../../config/destinations.ts';
import type { Settings } from '../../config/settings.ts';
import { TransfuseError } from '../../core/errors.ts';
import { quantity } from '../../core/quantity.ts';
import type { Finding } from '../../preflight/finding.ts';
import { inspectSource } from '../../preflight/inspect-source.ts';
import { inspectExports } from '../../preflight/inspect-exports.ts';
import { inspectStorage } from '../../preflight/inspect-storage.ts';
import { inspectTarget } from '../../preflight/inspect-target.ts';
import { loadProfile, type LoadedProfile } from '../../profiles/load-profile.ts';
import type { CommandContext, CommandResult } from '../command.ts';
import type { OutputStream } from '../output.ts';
import { renderFindings } from '../render-findings.ts';

export interface TestConnectionOptions {
  source?: boolean;
  target?: boolean;
  storage?: boolean;
}

/** Inspects the ends that were asked for, or all that are set. Throws CONFIG_INVALID where the object store is asked for and not set. */
export async function testConnection(
  context: CommandContext,
  options: TestConnectionOptions,
): Promise<CommandResult> {
  const { settings, signal } = context;
  if (options.storage && settings.storage === null)
    throw new TransfuseError('CONFIG_INVALID', 'One setting is missing or wrong:\n  - GCS_BUCKET is not set');
  const { profile, scripts } = await loadProfile(context.profileName, settings);
  const all = !options.source && !options.target && !options.storage;
  const { host, port, database } = settings.source;
  const ends = destinationsOf(settings.targets, profile.services);
  // The ends do not depend on each other; what one waits for, the other need not.
  const [source, storage, ...targets] = await Promise.all([
    all || options.source ? inspectTheSource(settings, signal) : [],
    settings.storage && (all || options.storage) ? inspectStorage(settings.storage, signal) : [],
    ...(all || options.target ? ends : []).map((destination) => {
      const end = ends.length > 1 ? `target-${destination.services[0]!}` : 'target';
      const schemas = schemasOf(destination, scripts, settings);
      return inspectTarget(end, destination.database, schemas, signal);
    }),
  ]);
  const sections = [
    {
      title: settings.exports ? `SOURCE ${settings.exports.directory}` : `SOURCE ${host}:${port}/${database}`,
      findings: source,
    },
    ...targets.map((findings, index) => ({ title: titleOf(ends[index]!), findings })),
    { title: `STORAGE ${settings.storage?.bucket ?? ''}`, findings: storage },
  ];
  const findings = [source, ...targets, storage].flat();
  const failed = findings.filter((entry) => entry.ok === false);
  const text = (stream: OutputStream) => renderFindings(sections, stream);
  return { document: { findings }, text, ...(failed.length > 0 && { problem: problemOf(failed, findings) }) };
}

function inspectTheSource(
  { source, exports }: CommandContext['settings'],
  signal: AbortSignal,
): Promise<Finding[]> {
  return exports ? inspectExports(exports) : inspectSource(source, signal);
}

function titleOf({ database }: Destination): string {
  return `TARGET ${database.host}:${database.port}/${database.database}`;
}

/** What is written to: the ledger's schema, and those of the scripts or the one that the settings name. */
function schemasOf(
  { services }: Destination,
  scripts: LoadedProfile['scripts'],
  settings: Settings,
): string[] {
  const filled = scripts
    ? services.map((service) => scripts[service]!.schema)
    : [settings.mapping.targetSchema];
  return [...filled, 'transfuse'];
}

function problemOf(failed: readonly Finding[], findings: readonly Finding[]): TransfuseError {
  const are = failed.length === 1 ? 'is' : 'are';
  const message = `${failed.length} of ${quantity(findings.length, 'prerequisite')} ${are} not met.`;
  return new TransfuseError('PREREQUISITES', message, {
    where: { failed: failed.map((entry) => entry.id).join(', ') },
  });
}
