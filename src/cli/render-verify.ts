/** What a verification of one database came to, for people at a terminal. */
import { hasPassed, type BinlogPosition } from '../core/position.ts';
import { listed } from '../core/listed.ts';
import { quantity } from '../core/quantity.ts';
import { formatBytes, formatCount, formatDuration } from '../telemetry/format.ts';
import { renderTable } from '../telemetry/text-table.ts';
import { differencesIn, type MappingResult } from '../verify/mapping-result.ts';
import type { Relationship } from '../verify/relationships.ts';
import type { DocumentFault, DocumentsVerification } from '../verify/verify-documents.ts';
import { unownedRows, type DatabaseVerification } from '../verify/verify-report.ts';
import type { Repair } from './verify-repair.ts';
import { COUNT_TITLES, countsOf } from './verify-counts.ts';
import { stoodStill } from './verify-document.ts';

const MAX_COLUMNS_NAMED = 8;

export function renderVerification(verification: DatabaseVerification): string {
  const { mappings, notCompared, elapsedMs, columns, since } = verification;
  const sum = (pick: (mapping: MappingResult) => number): number =>
    mappings.reduce((total, mapping) => total + pick(mapping), 0);
  const differences = sum(differencesIn);
  const counted = mappings.filter(({ rowsRead, rowsActual }) => rowsRead + rowsActual > 0);
  const compared = since
    ? `${quantity(
        sum(({ rowsTouched, rowsExpected }) => rowsTouched ?? rowsExpected),
        'row',
      )} that changed since the verification of ${since.startedAt.toISOString()}, out`
    : quantity(
        sum(({ rowsExpected }) => rowsExpected),
        'row',
      );
  const table = renderTable(
    [
      { title: 'mapping', align: 'left' },
      ...COUNT_TITLES.map((title) => ({ title, align: 'right' as const })),
    ],
    counted.map((mapping) => [mapping.mapping, ...countsOf(mapping).map(formatCount)]),
  );
  const lines = [
    ...(counted.length > 0 ? [table, ''] : []),
    ...mappings.filter((mapping) => differencesIn(mapping) > 0).map(describe),
    ...mappings
      .filter(({ changing }) => changing > 0)
      .map(
        ({ mapping, changing }) =>
          `? ${mapping}: ${quantity(changing, 'row')} changed each time, and could not be compared`,
      ),
    ...notCompared.map(({ mapping, reason }) => `? ${mapping} was not compared: ${reason}`),
    `${compared} of ${quantity(mappings.length, 'mapping')} compared in ${columns === 'all' ? 'all columns' : 'their keys and critical columns'} in ${formatDuration(elapsedMs)}: ${differences + unownedRows(verification.unowned) === 0 ? 'no difference' : quantity(differences + unownedRows(verification.unowned), 'difference')}`,
    ...verification.unowned.map(
      ({ table, rows }) =>
        `✗ ${table}: ${quantity(rows, 'row')} that ${rows === 1 ? 'belongs' : 'belong'} to no mapping: --repair leaves ${rows === 1 ? 'it' : 'them'} alone, look at the table`,
    ),
    ...mappings
      .filter(({ olderVersions }) => olderVersions > 0)
      .map(
        ({ mapping, olderVersions }) =>
          `  ${mapping}: ${quantity(olderVersions, 'row')} of the target ${olderVersions === 1 ? 'is an older version of a rejected one' : 'are older versions of rejected ones'}, and ${olderVersions === 1 ? 'was' : 'were'} not compared`,
      ),
    ...documentLines(verification.documents),
    ...(verification.unmapped.length > 0
      ? [`not compared, since no mapping fills them: ${listed(verification.unmapped, MAX_COLUMNS_NAMED)}`]
      : []),
    ...(verification.foreignKeys.valid > 0
      ? [`${quantity(verification.foreignKeys.valid, 'foreign key')} in force and validated`]
      : []),
    ...positions(verification, differences > 0),
  ];
  return lines.join('\n');
}

const FAULTS: Record<DocumentFault, string> = {
  object_missing: 'gone from the bucket',
  object_replaced: 'replaced by another in the bucket',
  object_differs: 'of another size or checksum than was stored',
  content_differs: 'of other bytes than were stored',
  row_differs: 'whose row says something else than the ledger',
  row_missing: 'without a row',
  not_looked_for: 'that nobody has looked for the file of',
};

function documentLines(documents: DocumentsVerification | null): string[] {
  if (!documents) return [];
  const { objects, bytes, isDeep, strays, faults } = documents;
  const how = isDeep ? 'read and compared by SHA-256' : 'compared by generation, size and CRC-32C';
  const found = Object.entries(faults)
    .filter(([fault]) => fault !== 'not_looked_for')
    .map(([fault, count]) => `✗ ${quantity(count, 'document')} ${FAULTS[fault as DocumentFault]}`);
  return [
    ...found,
    `${quantity(objects, 'object')} of documents, ${formatBytes(bytes)}, ${how}: ${found.length === 0 ? 'no difference' : 'see above'}`,
    ...(strays > 0
      ? [
          `${quantity(strays, 'object')} below the same prefix ${strays === 1 ? 'is' : 'are'} of no document: bin/bulk documents --sweep names them`,
        ]
      : []),
  ];
}

/** References between databases, which no constraint holds; none where there are none. */
export function renderRelationships(
  relationships: readonly Relationship[],
  hasDifferences: boolean,
): string[] {
  if (relationships.length === 0) return [];
  const loose = relationships.filter(({ dangling }) => dangling > 0);
  const references = relationships.reduce((sum, one) => sum + one.references, 0);
  return [
    [
      `${quantity(relationships.length, 'reference')} from one service to another, ${quantity(references, 'id')}: ${loose.length === 0 ? 'each leads to a row' : 'see below'}`,
      ...loose.map(
        ({ from, to, dangling }) =>
          `${from} → ${to}: ${quantity(dangling, 'id leads', 'ids lead')} nowhere: at the source its row is not there, is filtered, or is a reject${hasDifferences ? '; or it is a row that is missing above' : ''}`,
      ),
    ].join('\n'),
  ];
}

/** None where nothing was repaired. */
export function renderRepairs(repairs: readonly Repair[]): string[] {
  if (repairs.length === 0) return [];
  const lines = repairs.map(({ database, mapping, noted, removed, kept, rejected, refused }) =>
    [
      `repaired ${mapping} of ${database}: ${quantity(noted - rejected, 'row')} made anew from the source, ${formatCount(removed)} that the source does not have removed`,
      ...(kept > 0
        ? [
            `  ${quantity(kept, 'row')} that the source does not have ${kept === 1 ? 'stays' : 'stay'}: others refer to ${kept === 1 ? 'it' : 'them'}, or have written to ${kept === 1 ? 'it' : 'them'} since`,
          ]
        : []),
      ...(rejected > 0
        ? [
            `✗ ${quantity(rejected, 'row')} of ${mapping} ${rejected === 1 ? 'was' : 'were'} refused by the target, and ${rejected === 1 ? 'is a reject' : 'are rejects'} now: see transfuse.rejects`,
          ]
        : []),
      ...(refused === null ? [] : [`✗ ${mapping} was not repaired: ${refused}`]),
    ].join('\n'),
  );
  return [[...lines, 'what was done, and the rows that were removed, are in transfuse.repairs'].join('\n')];
}

function describe(mapping: MappingResult): string {
  const { missing, differs, extra, notRejected, unexamined, columns, targetTable } = mapping;
  const named = columns.map(({ column, rows }) => `${column} (${formatCount(rows)})`);
  const parts = [
    ...(missing > 0 ? [`${formatCount(missing)} missing`] : []),
    ...(differs > 0
      ? [`${formatCount(differs)} with other values in ${listed(named, MAX_COLUMNS_NAMED)}`]
      : []),
    ...(extra > 0 ? [`${formatCount(extra)} that the source does not have`] : []),
    ...(notRejected > 0 ? [`${formatCount(notRejected)} that cannot be loaded, and are no rejects`] : []),
    ...(unexamined > 0 ? [`${formatCount(unexamined)} more that were not looked at one by one`] : []),
  ];
  return `✗ ${mapping.mapping} → ${targetTable}: ${parts.join('; ')}`;
}

function positions(verification: DatabaseVerification, hasDifferences: boolean): string[] {
  const { positionBefore: before, positionAfter: after, checkpoint } = verification;
  if (!before || !after) return ['the source shows no binlog position'];
  const at = `${before.file}:${before.offset}`;
  const still = stoodStill(before, after);
  const lines = [
    still
      ? `the source stood still at ${at}`
      : `the source changed meanwhile, from ${at} to ${after.file}:${after.offset}`,
  ];
  if (!hasDifferences) return lines;
  if (checkpoint && !isAt(checkpoint, before))
    lines.push('sync had not come to where the source was: run bin/sync, then verify again');
  else if (!still) lines.push('a difference may be a change on its way: run bin/sync, then verify again');
  return lines;
}

function isAt(checkpoint: BinlogPosition, position: BinlogPosition): boolean {
  try {
    return hasPassed(checkpoint, position);
  } catch {
    return false;
  }
}
