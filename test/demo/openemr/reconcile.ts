/** The last word of the demo: every row of the source accounted for, and what was followed equal to what a load gives now. */
import mysql, { type RowDataPacket } from 'mysql2/promise';
import { formatCount, formatDuration } from '../../../src/telemetry/format.ts';
import { driverOptions, type DatabaseAddress } from '../../support/database-address.ts';
import { queryTarget } from '../../support/database-sessions.ts';
import { compareService, type ComparedTable } from '../../support/openemr/compare-services.ts';
import type { Narrator } from '../narrator.ts';

/** What the demo reads of the document of `bin/bulk --json`. */
export interface LoadedMapping {
  mapping: string;
  sourceTable: string;
  rowsRead: number;
  rowsLoaded: number;
  rowsFiltered: number;
  rowsRejected: number;
}

export interface ServiceDatabases {
  schema: string;
  /** Loaded first, and followed since. */
  followed: DatabaseAddress;
  /** Loaded when everything was over. */
  loaded: DatabaseAddress;
  mappings: readonly LoadedMapping[];
}

export interface Reconciliation {
  problems: string[];
  sourceRows: number;
  targetRows: number;
}

export async function reconcile(
  source: DatabaseAddress,
  services: readonly ServiceDatabases[],
  narrator: Narrator,
): Promise<Reconciliation> {
  const problems: string[] = [];
  const counts = await countSource(source, services);
  const rows: string[][] = [];
  const total = { read: 0, loaded: 0, filtered: 0, rejected: 0 };
  for (const { mappings, loaded } of services) {
    const reasons = await reasonsOf(loaded);
    for (const mapping of mappings) {
      const { rowsRead, rowsLoaded, rowsFiltered, rowsRejected, sourceTable } = mapping;
      const inSource = counts.get(sourceTable) ?? 0;
      const addsUp = inSource === rowsRead && rowsRead === rowsLoaded + rowsFiltered + rowsRejected;
      if (!addsUp) {
        problems.push(
          `${mapping.mapping}: ${inSource} rows in ${sourceTable}, ${rowsLoaded} loaded, ${rowsFiltered} filtered, ${rowsRejected} rejected.`,
        );
      }
      total.read += rowsRead;
      total.loaded += rowsLoaded;
      total.filtered += rowsFiltered;
      total.rejected += rowsRejected;
      rows.push([
        mapping.mapping,
        sourceTable,
        ...[inSource, rowsLoaded, rowsFiltered, rowsRejected].map(formatCount),
        reasons.get(mapping.mapping) ?? '',
        addsUp ? '✓' : '✗',
      ]);
    }
  }
  narrator.table(
    [
      { title: 'mapping', align: 'left' },
      { title: 'source table', align: 'left' },
      { title: 'rows there', align: 'right' },
      { title: 'loaded', align: 'right' },
      { title: 'filtered', align: 'right' },
      { title: 'rejected', align: 'right' },
      { title: 'why', align: 'left' },
      { title: '', align: 'left' },
    ],
    rows,
    [
      [
        `${rows.length} mappings`,
        '',
        ...[total.read, total.loaded, total.filtered, total.rejected].map(formatCount),
        '',
        '',
      ],
    ],
  );
  const compared = await compareAll(services, narrator);
  problems.push(...compared.flatMap(({ differences }) => differences));
  return {
    problems,
    sourceRows: total.read,
    targetRows: compared.reduce((sum, table) => sum + table.rows, 0),
  };
}

async function compareAll(
  services: readonly ServiceDatabases[],
  narrator: Narrator,
): Promise<ComparedTable[]> {
  const since = performance.now();
  const compared: ComparedTable[] = [];
  for (const { schema, followed, loaded } of services)
    compared.push(...(await compareService(schema, followed, loaded)));
  narrator.table(
    [
      { title: 'table', align: 'left' },
      { title: 'rows', align: 'right' },
      { title: 'followed = loaded now', align: 'left' },
    ],
    compared.map(({ table, rows, differences, kept }) => [
      table,
      formatCount(rows),
      differences.length > 0
        ? `✗ ${differences.length} differ`
        : `✓ every value${kept > 0 ? `, and ${kept} in an older version: the last one was rejected` : ''}`,
    ]),
    [],
  );
  narrator.say(`Compared by digests of whole rows in ${formatDuration(performance.now() - since)}.`);
  return compared;
}

async function countSource(
  source: DatabaseAddress,
  services: readonly ServiceDatabases[],
): Promise<Map<string, number>> {
  const tables = new Set(services.flatMap(({ mappings }) => mappings.map(({ sourceTable }) => sourceTable)));
  const connection = await mysql.createConnection(driverOptions(source));
  try {
    const counts = new Map<string, number>();
    for (const table of tables) {
      const [[row]] = await connection.query<RowDataPacket[]>(`SELECT COUNT(*) AS n FROM \`${table}\``);
      counts.set(table, Number(row!['n']));
    }
    return counts;
  } finally {
    connection.destroy();
  }
}

async function reasonsOf(database: DatabaseAddress): Promise<Map<string, string>> {
  const rows = await queryTarget<{ mapping: string; why: string }>(
    database,
    `SELECT mapping, string_agg(reason || ' ' || n, ', ' ORDER BY n DESC, reason) AS why
     FROM (SELECT mapping, reason, count(*) AS n FROM transfuse.rejects WHERE resolved_at IS NULL GROUP BY 1, 2) AS r
     GROUP BY 1`,
  );
  return new Map(rows.map(({ mapping, why }) => [mapping, why]));
}
