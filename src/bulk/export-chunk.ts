/** A chunk of exports: the rows of its files, and what becomes of records that are no rows. */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { ExportRows, type RaggedRow } from '../../streams/export-rows.ts';
import { formOf } from '../../streams/json-form.ts';
import type { ExportSettings } from '../config/settings.ts';
import { TransfuseError } from '../core/errors.ts';
import type { ExportFile } from '../exports/read-exports.ts';
import { recordRejects } from '../ledger/rejects.ts';
import type { PlannedMapping } from '../mapping/plan.ts';
import type { TargetConnection } from '../postgres/connection.ts';
import type { ChunkTask, CopyResult } from './chunk-task.ts';

const LINE = 'line';

/** The files of a chunk take the place of the key that it ends at. */
export function boundOfFiles(files: readonly ExportFile[]): string[] {
  return files.map((file) => JSON.stringify(file));
}

/** Throws SOURCE_TABLE_CHANGED where a file is not as it was when the load was planned. */
export async function exportRowsOf(
  { table, compiled }: PlannedMapping,
  task: ChunkTask,
  settings: ExportSettings,
): Promise<ExportRows> {
  const files: string[] = [];
  for (const bound of task.upper!) {
    const { path: name, sizeBytes, changedAtMs } = JSON.parse(bound) as ExportFile;
    const file = path.join(settings.directory, name);
    const now = await stat(file).catch(() => null);
    if (now?.size !== sizeBytes || Math.round(now.mtimeMs) !== changedAtMs)
      throw fileChanged(table.name, path.basename(name));
    files.push(file);
  }
  const columnOf = new Map(table.columns.map((column) => [column.name, column]));
  return new ExportRows({
    files,
    table: table.name,
    columns: compiled.sourceColumns.map(({ name }) => ({ name, form: formOf(columnOf.get(name)!) })),
    known: new Set(columnOf.keys()),
    settings,
  });
}

function fileChanged(table: string, file: string): TransfuseError {
  return new TransfuseError(
    'SOURCE_TABLE_CHANGED',
    `The export ${file} of ${table} is not the file any more that it was when its load was begun.`,
    {
      where: { table, file },
      fix: `Put the file back as it was, or load the table again: bin/bulk --tables ${table} --replace.`,
    },
  );
}

/** To be called in the chunk's transaction, behind its rows. */
export async function rejectRagged(
  target: TargetConnection,
  { runId, mapping, chunk }: ChunkTask,
  ragged: readonly RaggedRow[],
  copied: CopyResult,
): Promise<CopyResult> {
  await recordRejects(
    target,
    runId,
    mapping,
    chunk,
    ragged.map(({ line, fields }) => ({
      columns: [LINE, ...fields.map((_, index) => `field ${index + 1}`)],
      values: [String(line), ...fields].map((value) => Buffer.from(value)),
      keyColumns: [LINE],
      reason: 'ragged_row' as const,
      column: null,
      sqlState: null,
    })),
  );
  const { counts } = copied;
  return { ...copied, counts: { ...counts, rowsRejected: counts.rowsRejected + ragged.length } };
}
