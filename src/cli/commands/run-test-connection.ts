import { TransfuseError } from '../../core/errors.ts';
import { quantity } from '../../core/quantity.ts';
import type { Finding } from '../../preflight/finding.ts';
import { inspectSource } from '../../preflight/inspect-source.ts';
import { inspectTarget } from '../../preflight/inspect-target.ts';
import type { CommandContext, CommandResult } from '../command.ts';
import type { OutputStream } from '../output.ts';
import { renderFindings } from '../render-findings.ts';

export interface TestConnectionOptions {
  source?: boolean;
  target?: boolean;
  storage?: boolean;
}

/** Inspects the ends that were asked for, or all. Throws USAGE for one that this version cannot check. */
export async function testConnection(
  context: CommandContext,
  options: TestConnectionOptions,
): Promise<CommandResult> {
  if (options.storage) {
    throw new TransfuseError('USAGE', 'Checking the object store is not part of this version.', {
      fix: 'Leave --storage out.',
    });
  }
  const { settings, signal } = context;
  const all = !options.source && !options.target;
  const { host, port, database } = settings.source;
  // The ends do not depend on each other; what one waits for, the other need not.
  const [source, target] = await Promise.all([
    all || options.source ? inspectSource(settings.source, signal) : [],
    all || options.target
      ? inspectTarget('target', settings.targets.patient, schemasOf(context), signal)
      : [],
  ]);
  const { patient } = settings.targets;
  const sections = [
    { title: `SOURCE ${host}:${port}/${database}`, findings: source },
    { title: `TARGET ${patient.host}:${patient.port}/${patient.database}`, findings: target },
  ];
  const findings = [...source, ...target];
  const failed = findings.filter((entry) => entry.ok === false);
  const text = (stream: OutputStream) => renderFindings(sections, stream);
  return { document: { findings }, text, ...(failed.length > 0 && { problem: problemOf(failed, findings) }) };
}

/** The mirror profile fills one schema of the patient database; the ledger has its own. */
function schemasOf({ settings }: CommandContext): string[] {
  return [settings.mapping.targetSchema, 'transfuse'];
}

function problemOf(failed: readonly Finding[], findings: readonly Finding[]): TransfuseError {
  const are = failed.length === 1 ? 'is' : 'are';
  const message = `${failed.length} of ${quantity(findings.length, 'prerequisite')} ${are} not met.`;
  return new TransfuseError('PREREQUISITES', message, {
    where: { failed: failed.map((entry) => entry.id).join(', ') },
  });
}
