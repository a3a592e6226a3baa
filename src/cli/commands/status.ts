import { ledgerExists } from '../../ledger/ddl.ts';
import { readTotals, type LoadTotals } from '../../ledger/loads.ts';
import { lockHolder } from '../../ledger/lock.ts';
import { openRejectCounts } from '../../ledger/rejects.ts';
import { latestRun, type Run } from '../../ledger/runs.ts';
import { readObjectsAway, type ObjectAway } from '../../ledger/saved-objects.ts';
import { openTarget } from '../../postgres/connection.ts';
import { formatBytes, formatCount } from '../../telemetry/format.ts';
import { renderTable } from '../../telemetry/text-table.ts';
import type { CommandContext, CommandDefinition, CommandResult } from '../command.ts';

export const statusCommand: CommandDefinition = {
  name: 'status',
  aliases: [],
  summary: 'Shows where the migration stands, and what to do next',
  examples: ['bin/status', 'bin/status --json'],
  keptSafe: 'Everything: this command only looks.',
  options: () => undefined,
  run: async ({ settings, signal }: CommandContext) => {
    const target = await openTarget(settings.targets.patient, {
      applicationName: 'transfuse status',
      signal,
    });
    try {
      if (!(await ledgerExists(target))) return nothingYet();
      const run = await latestRun(target);
      if (!run) return nothingYet();
      const status: Status = {
        run,
        loads: await readTotals(target, run.id),
        rejects: await openRejectCounts(target, run.id),
        away: await readObjectsAway(target, run.id),
        writer: await lockHolder(target),
      };
      return { document: { ...status, next: nextStep(status) }, text: render(status) };
    } finally {
      await target.close();
    }
  },
};

interface Status {
  run: Run;
  loads: LoadTotals[];
  rejects: Awaited<ReturnType<typeof openRejectCounts>>;
  away: ObjectAway[];
  writer: Awaited<ReturnType<typeof lockHolder>>;
}

function nothingYet(): CommandResult {
  const next = 'Run bin/test-connection, then bin/schema, then bin/bulk.';
  return { document: { run: null, next }, text: `No run has begun in this target.\nnext: ${next}` };
}

function nextStep({ loads, rejects, away, writer }: Status): string {
  if (writer) return `Wait: ${writer.application} is writing (from ${writer.client}, since ${writer.since}).`;
  if (loads.some((load) => load.state !== 'complete')) return 'Run bin/bulk: it goes on where it stopped.';
  if (away.length > 0)
    return 'Mend what keeps the objects below from being restored, then run bin/bulk again.';
  if (rejects.length > 0) {
    return 'Look at transfuse.rejects in the target, mend the rows at the source, then run bin/bulk --retry-rejects.';
  }
  return 'Everything is loaded.';
}

function render(status: Status): string {
  const { run, loads, rejects, away, writer } = status;
  const position = run.startPosition;
  const lines = [
    `run ${run.id}, profile ${run.profile}, begun ${run.startedAt.toISOString()}`,
    `source ${run.source.database} at ${run.source.host}:${run.source.port}`,
    position
      ? `position before the first row: ${position.file}:${position.offset}${position.gtidSet ? `, GTID ${position.gtidSet}` : ''}`
      : 'no binlog position was recorded: sync cannot follow this load',
    writer ? `writing now: ${writer.application}` : 'nobody is writing now',
    '',
    renderTable(
      [
        { title: 'table', align: 'left' },
        { title: 'state', align: 'left' },
        { title: 'chunks', align: 'right' },
        { title: 'rows', align: 'right' },
        { title: 'bytes', align: 'right' },
        { title: 'open rejects', align: 'right' },
      ],
      loads.map((load) => [
        load.sourceTable,
        load.state,
        `${load.chunksDone}/${load.chunks}`,
        formatCount(load.rowsLoaded),
        formatBytes(load.bytesWritten),
        formatCount(load.openRejects),
      ]),
    ),
  ];
  if (rejects.length > 0) lines.push('', 'open rejects:');
  for (const reject of rejects) {
    lines.push(
      `  ${formatCount(reject.count)} of ${reject.mapping}${reject.column ? `, column ${reject.column}` : ''}: ${reject.reason}`,
    );
  }
  if (away.length > 0) lines.push('', 'not restored yet:');
  for (const { kind, table, name, failure } of away) {
    lines.push(`  ${kind} ${name} of ${table}${failure ? `: ${failure}` : ''}`);
  }
  return [...lines, '', `next: ${nextStep(status)}`].join('\n');
}
