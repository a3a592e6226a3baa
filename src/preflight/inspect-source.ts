import type { DatabaseSettings } from '../config/settings.ts';
import { quantity } from '../core/quantity.ts';
import { TransfuseError } from '../core/errors.ts';
import type { SourceCatalog } from '../mysql/catalog-model.ts';
import { readSourceCatalog } from '../mysql/catalog.ts';
import { openSource, type SourceConnection } from '../mysql/connection.ts';
import { readSourceFacts, type SourceFacts } from '../mysql/facts.ts';
import { quoteSourceIdentifier } from '../mysql/identifiers.ts';
import { setGlobal } from './binlog-checks.ts';
import { finding, type Finding } from './finding.ts';
import { findLargestRow, type LargestRow } from './largest-row.ts';
import { checkSource } from './source-checks.ts';
import { unreachable } from './unreachable.ts';

/**
 * Reaches the source and checks every prerequisite there. Changes nothing. A source that cannot be reached is one
 * failed finding; only INTERRUPTED is thrown.
 */
export async function inspectSource(settings: DatabaseSettings, signal: AbortSignal): Promise<Finding[]> {
  let source: SourceConnection;
  try {
    source = await openSource(settings, { purpose: 'test-connection', signal });
  } catch (error) {
    return [unreachable('source', error, settings)];
  }
  const findings = [reached(settings)];
  try {
    const facts = await readSourceFacts(source);
    const catalog = await readSourceCatalog(source, settings.database).catch(giveUpUnlessRefused);
    const tables = catalog?.tables.map((table) => table.name) ?? [];
    findings.push(...checkSource(facts, settings, await findUnreadable(source, settings.database, tables)));
    if (catalog) {
      const largest = await findLargestRow(source, catalog, facts.maxAllowedPacketBytes);
      findings.push(describeContents(catalog), checkPacket(largest, facts));
    }
    return findings;
  } catch (error) {
    return [...findings, unreachable('source', error, settings, 'source-inspected')];
  } finally {
    await source.close();
  }
}

function reached({ host, port, database }: DatabaseSettings): Finding {
  return finding(
    'source-reachable',
    true,
    `Signed in to ${host}:${port}, database ${database}.`,
    'It is read from.',
  );
}

/** Without the privilege to see a table the catalog cannot be read; the missing privilege is then its own finding. */
function giveUpUnlessRefused(error: unknown): null {
  if (error instanceof TransfuseError && ['SOURCE_ACCESS_DENIED', 'SOURCE_QUERY_FAILED'].includes(error.code))
    return null;
  throw error;
}

async function findUnreadable(
  source: SourceConnection,
  database: string,
  tables: readonly string[],
): Promise<string[]> {
  const refused: string[] = [];
  for (const table of tables) {
    const from = `${quoteSourceIdentifier(database)}.${quoteSourceIdentifier(table)}`;
    try {
      await source.query(`SELECT * FROM ${from} LIMIT 0`, { table });
    } catch (error) {
      if (!(error instanceof TransfuseError) || error.code !== 'SOURCE_ACCESS_DENIED') throw error;
      refused.push(table);
    }
  }
  return refused;
}

function describeContents({ tables, database }: SourceCatalog): Finding {
  const bytes = tables.reduce((sum, table) => sum + table.dataBytes, 0);
  return finding(
    'source-contents',
    tables.length > 0,
    `${database} has ${quantity(tables.length, 'table')} with about ${Math.ceil(bytes / 1e6)} MB of data.`,
    'There has to be something to migrate, and the target needs room for it.',
    { remedy: 'Check LEGACY_DB_NAME, and that the user may see the tables.' },
  );
}

function checkPacket({ table, bytes, unmeasured }: LargestRow, facts: SourceFacts): Finding {
  const { maxAllowedPacketBytes: limitBytes } = facts;
  const limit = `max_allowed_packet is ${Math.floor(limitBytes / 1e6)} MB`;
  const wantedBytes = Math.min(2 ** Math.ceil(Math.log2(Math.max(bytes, limitBytes) * 2)), 2 ** 30);
  const ok = bytes > limitBytes ? false : unmeasured.length > 0 ? null : true;
  const largest =
    table === null ? 'no row can exceed it' : `the largest row has ${Math.ceil(bytes / 1e6)} MB`;
  const what = {
    true: `${limit}, and ${largest}.`,
    false: `${limit}, and a row of ${table} has ${Math.ceil(bytes / 1e6)} MB.`,
    null: `${limit}; how large the rows of ${unmeasured.join(', ')} are could not be measured in time.`,
  }[String(ok) as 'true' | 'false' | 'null'];
  return finding('source-max-allowed-packet', ok, what, 'The server refuses to send a row that is larger.', {
    remedySql: setGlobal(facts, 'max_allowed_packet', String(wantedBytes)),
  });
}
