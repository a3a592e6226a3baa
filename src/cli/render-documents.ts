/** What became of documents, for people: how many of each outcome, and what it means. */
import { DOCUMENT_OUTCOMES } from '../core/document-outcomes.ts';
import { quantity } from '../core/quantity.ts';
import type { DocumentsReport } from '../documents/run-documents.ts';
import type { DocumentCount } from '../ledger/documents.ts';
import { formatBytes, formatCount, formatDuration } from '../telemetry/format.ts';
import { renderTable } from '../telemetry/text-table.ts';

/** One line for each outcome. */
export function documentCounts(counts: readonly DocumentCount[]): string {
  return renderTable(
    [
      { title: 'outcome', align: 'left' },
      { title: 'documents', align: 'right' },
      { title: 'bytes', align: 'right' },
      { title: 'meaning', align: 'left' },
    ],
    counts.map(({ outcome, documents, bytes }) => [
      outcome,
      formatCount(documents),
      formatBytes(bytes),
      DOCUMENT_OUTCOMES[outcome],
    ]),
  );
}

export function renderDocuments({ counts, movedNow, bytesNow, elapsedMs, strays }: DocumentsReport): string {
  const swept = strays ? [sweepLine(strays)] : [];
  if (counts.length === 0) return ['documents: none', ...swept].join('\n');
  const all = counts.reduce((sum, { documents }) => sum + documents, 0);
  const rate = movedNow > 0 ? `, ${formatCount((movedNow * 1000) / elapsedMs)}/s` : '';
  const parts = counts.map(({ outcome, documents }) => `${formatCount(documents)} ${outcome}`).join(' + ');
  return [
    documentCounts(counts),
    '',
    `${quantity(all, 'document')} = ${parts}`,
    `${quantity(movedNow, 'document')} looked at now, ${formatBytes(bytesNow)} in ${formatDuration(elapsedMs)}${rate}`,
    ...swept,
  ].join('\n');
}

function sweepLine({ file, object, lost }: NonNullable<DocumentsReport['strays']>): string {
  const files = `${quantity(file.count, 'file')} (${formatBytes(file.bytes)}) that no row names`;
  const objects = `${quantity(object.count, 'object')} (${formatBytes(object.bytes)}) that no document points to`;
  const away =
    lost.count > 0
      ? `, ${quantity(lost.count, 'object')} that documents point to and ${lost.count === 1 ? 'is' : 'are'} not there as stored`
      : '';
  const where = file.count + object.count + lost.count > 0 ? ': see transfuse.strays in the target' : '';
  return `swept: ${files}, ${objects}${away}${where}`;
}
