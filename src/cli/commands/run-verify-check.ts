import type { Settings } from '../../config/settings.ts';
import { destinationsOf } from '../../config/destinations.ts';
import { TransfuseError } from '../../core/errors.ts';
import { SERVICE_NAMES } from '../../core/services.ts';
import { quantity } from '../../core/quantity.ts';
import { openTarget } from '../../postgres/connection.ts';
import { ProgressModel } from '../../telemetry/progress.ts';
import { formatCount } from '../../telemetry/format.ts';
import { renderTable } from '../../telemetry/text-table.ts';
import { checkRows, type CheckResult } from '../../verify/attest/check-rows.ts';
import type { CommandContext, CommandResult } from '../command.ts';
import { startProgressDisplay } from '../progress-display.ts';
import { readSignedReport, type SignedReport } from '../signed-report.ts';
import type { VerifyDocument } from '../verify-document.ts';

type DatabaseDocument = VerifyDocument['databases'][number];
type CheckedDatabase = CheckResult & { database: string };

/** Of a report: whether it is genuine, and whether the target still is what it attests. The source is not asked. */
export async function runVerifyCheck(context: CommandContext, file: string): Promise<CommandResult> {
  const { settings, signal } = context;
  const report = await readSignedReport(file, settings.signing);
  const progress = new ProgressModel();
  const display = await startProgressDisplay(progress, context.console);
  const databases: CheckedDatabase[] = [];
  try {
    for (const database of report.document.databases)
      databases.push({
        database: database.database,
        ...(await checkDatabase(settings, database, signal, progress)),
      });
  } catch (error) {
    throw signal.aborted ? new TransfuseError('INTERRUPTED', 'Stopped by a signal.') : error;
  } finally {
    display.stop();
  }
  const problem = problemOf(report, databases);
  return {
    document: {
      origin: report.origin,
      fingerprint: report.fingerprint,
      finishedAt: report.document.finishedAt,
      databases,
    },
    text: [originOf(report), ...databases.map(renderDatabase)].join('\n\n'),
    ...(problem && { problem }),
  };
}

async function checkDatabase(
  settings: Settings,
  { database, verification, mappings }: DatabaseDocument,
  signal: AbortSignal,
  progress: ProgressModel,
): Promise<CheckResult> {
  const attested = mappings.flatMap(({ mapping, attested: rows }) => (rows ? [{ mapping, rows }] : []));
  const destination = destinationsOf(settings.targets, SERVICE_NAMES).find(
    (one) => one.database.database === database,
  );
  if (!destination || attested.length === 0) {
    const reason = destination
      ? 'the report has no digests: it was made without --attest and without SIGNING_KEY'
      : 'no target of this configuration is that database';
    return { checked: [], notChecked: [{ mapping: 'all', reason }] };
  }
  const target = await openTarget(destination.database, {
    applicationName: 'transfuse verify check',
    signal,
  });
  try {
    for (const { mapping, rows } of attested)
      progress.plan(
        mapping,
        rows.chunks.reduce((sum, chunk) => sum + chunk.rows, 0),
      );
    return await checkRows({
      target,
      verification,
      attested,
      onChecked: (mapping) => progress.finish(mapping),
      onRows: (mapping, rows) => progress.add({ table: mapping, rows, bytes: 0, rejected: 0, filtered: 0 }),
    });
  } finally {
    await target.close();
  }
}

function originOf({ document, origin, fingerprint }: SignedReport): string {
  const made = `made ${document.finishedAt} of ${document.source.database}, ${quantity(document.differences, 'difference')}`;
  if (origin === 'unsigned') return `The report is not signed: nothing shows who made it. It says: ${made}`;
  const whose =
    origin === 'proven' ? 'the key that is trusted here' : 'a key that nobody here has vouched for';
  return `The report is as it was signed, by ${whose} (fingerprint ${fingerprint}). It says: ${made}`;
}

function renderDatabase({ database, checked, notChecked }: CheckedDatabase): string {
  const titles = ['chunks', 'unchanged', 'rows', 'in unchanged chunks', 'rows now'];
  return [
    `database ${database}`,
    ...(checked.length === 0
      ? []
      : [
          renderTable(
            [
              { title: 'mapping', align: 'left' },
              ...titles.map((title) => ({ title, align: 'right' as const })),
            ],
            checked.map(({ mapping, chunks, unchangedChunks, rows, unchangedRows, rowsNow }) => [
              mapping,
              ...[chunks, unchangedChunks, rows, unchangedRows, rowsNow].map(formatCount),
            ]),
          ),
        ]),
    ...notChecked.map(({ mapping, reason }) => `? ${mapping}: ${reason}`),
  ].join('\n');
}

function problemOf(
  { origin, fingerprint }: SignedReport,
  databases: readonly CheckedDatabase[],
): TransfuseError | null {
  const changed = databases.flatMap(({ checked }) =>
    checked.filter(({ rows, unchangedRows, rowsNow }) => unchangedRows < rows || rowsNow !== rows),
  );
  if (changed.length > 0)
    return new TransfuseError(
      'ATTESTED_ROWS_CHANGED',
      `${quantity(changed.length, 'mapping')} ${changed.length === 1 ? 'is' : 'are'} not what the report attests any more: ${changed.map(({ mapping }) => mapping).join(', ')}.`,
    );
  if (databases.some(({ notChecked }) => notChecked.length > 0))
    return new TransfuseError('VERIFY_INCOMPLETE', 'Not everything of the report could be checked.', {
      fix: 'See above for what, and why.',
    });
  if (origin === 'proven') return null;
  return new TransfuseError(
    'REPORT_ORIGIN_UNKNOWN',
    origin === 'unsigned'
      ? 'The target is what the report attests, but nothing shows who made the report.'
      : `The target is what the report attests, but whose key signed it is not known here (fingerprint ${fingerprint}).`,
  );
}
