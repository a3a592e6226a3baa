import { TransfuseError } from '../../core/errors.ts';
import type { Finding } from '../../preflight/finding.ts';
import { inspectSource } from '../../preflight/inspect-source.ts';
import { inspectTarget } from '../../preflight/inspect-target.ts';
import type { CommandContext, CommandDefinition, CommandResult } from '../command.ts';
import type { OutputStream } from '../output.ts';
import { renderFindings } from '../render-findings.ts';

interface TestConnectionOptions {
  source?: boolean;
  target?: boolean;
  storage?: boolean;
}

export const testConnectionCommand: CommandDefinition<TestConnectionOptions> = {
  name: 'test-connection',
  aliases: [],
  summary: 'reach each end and check every prerequisite; each failure comes with the statement that mends it',
  examples: [
    'bin/test-connection',
    'bin/test-connection --source',
    'bin/test-connection --json > prerequisites.json',
  ],
  keptSafe: 'everything: this command only reads',
  options: (command) => {
    command
      .option('--source', 'check the legacy database')
      .option('--target', 'check the target databases')
      .option('--storage', 'check the object store (not part of this version)');
  },
  run: testConnection,
};

async function testConnection(
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
  const are = failed.length === 1 ? 'prerequisite is' : 'prerequisites are';
  return new TransfuseError('PREREQUISITES', `${failed.length} of ${findings.length} ${are} not met.`, {
    where: { failed: failed.map((entry) => entry.id).join(', ') },
  });
}
