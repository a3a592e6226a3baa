import { describe, expect, test } from 'vitest';
import { readCharsets } from '../../cdc/read-charsets.ts';
import { selectExpression } from '../../src/mapping/types/index.ts';
import { readSourceCatalog } from '../../src/mysql/catalog.ts';
import type { SourceColumn } from '../../src/mysql/catalog-model.ts';
import { openSource, type SourceConnection } from '../../src/mysql/connection.ts';
import { quoteSourceIdentifier } from '../../src/mysql/identifiers.ts';
import { currentBinlog, readBinlogFile } from '../support/binlog-file.ts';
import { BinlogReplica } from '../support/binlog-replica.ts';
import { createSourceDatabase, sourceFlavors, type SourceDatabase } from '../support/databases.ts';
import { selectRows } from '../support/select-rows.ts';
import { startMariadb, type MysqlFlavor } from '../support/servers/index.ts';
import { sourceSettings } from '../support/source-settings.ts';
import { typeCases } from '../support/type-cases.ts';
import { binlogTraps, oldFormatTraps, type BinlogTrap } from '../support/type-cases/binlog-traps.ts';

/** Definitions and a value of each. */
const SANDWICH = [
  ['int unsigned', '4294967295'],
  ['varchar(3) character set cp1251', "'ж'"],
  ["enum('ж','x') character set cp1251", "'ж'"],
  ['tinyint', '-1'],
  ['tinyint unsigned', '255'],
  ['char(3) character set latin2', "'ł'"],
  ["set('ł','x') character set latin2", "'ł,x'"],
  ["enum('a') character set utf8mb4", "'a'"],
  ['point', "st_geomfromtext('POINT(1 2)')"],
  ['text character set utf8mb4', "'é'"],
  ['int', '-1'],
] as const;
const SANDWICH_MIDDLE = 4;
const COMPRESSED_ROWS_EVENTS = new Set([166, 167, 168, 169, 170, 171]);

interface CaseTable {
  name: string;
  /** Column definitions behind the key. */
  definitions: string[];
  /** Values of those columns, row by row. */
  rows: string[][];
  around?: [string, string];
}

describe.each(sourceFlavors())('[invariant 11] every %s type, by the binlog', (flavor) => {
  const cases = casesOf(flavor);

  test('rows of the binlog are byte for byte the rows of a SELECT', async () => {
    await using source = await createSourceDatabase(flavor);
    await prepareSession(source);
    await compare(source, singleColumnTables(cases));
  });

  test('the same for a type between columns of other types', async () => {
    await using source = await createSourceDatabase(flavor);
    await prepareSession(source);
    await compare(source, sandwichedTables(cases));
  });
});

test('[invariant 11] the same for compressed events of MariaDB, and for old formats of times', async () => {
  const server = await startMariadb({
    extraArgs: ['--log-bin-compress=ON', '--log-bin-compress-min-len=10'],
  });
  try {
    await using source = await createSourceDatabase('mariadb', server);
    await prepareSession(source);
    const types = await compare(source, singleColumnTables([...casesOf('mariadb'), ...oldFormatTraps]));
    expect([...types].some((type) => COMPRESSED_ROWS_EVENTS.has(type))).toBe(true);
  } finally {
    await server.stop();
  }
});

function casesOf(flavor: MysqlFlavor): BinlogTrap[] {
  const isHere = ({ flavors }: { flavors?: MysqlFlavor[] }): boolean => !flavors || flavors.includes(flavor);
  const ordinary = typeCases.filter(isHere).map(({ sourceType, values }) => ({
    sourceType,
    values: values.filter(isHere).map(({ sql }) => sql),
  }));
  return [...ordinary, ...binlogTraps.filter(isHere)];
}

function singleColumnTables(cases: BinlogTrap[]): CaseTable[] {
  return cases.map(({ sourceType, values, around }, index) => ({
    name: `c${index}`,
    definitions: [sourceType],
    rows: [...values.map((value) => [value]), [/ as \(/.test(sourceType) ? 'default' : 'null']],
    ...(around && { around }),
  }));
}

/**
 * Each type between columns of other ones: what a table's description lists for some of its columns only (signs, character
 * sets, members) must find its own column.
 */
function sandwichedTables(cases: BinlogTrap[]): CaseTable[] {
  const [before, after] = [SANDWICH.slice(0, SANDWICH_MIDDLE), SANDWICH.slice(SANDWICH_MIDDLE)];
  return cases.map(({ sourceType, values, around }, index) => ({
    name: `s${index}`,
    definitions: [...before, [sourceType], ...after].map(([definition]) => definition),
    rows: values.map((value) => [...before.map(([, sql]) => sql), value, ...after.map(([, sql]) => sql)]),
    ...(around && { around }),
  }));
}

async function prepareSession(source: SourceDatabase): Promise<void> {
  await source.query(`set names utf8mb4; set sql_mode = 'ALLOW_INVALID_DATES', time_zone = '+00:00'`);
}

/** Returns the types of the events that were met. */
async function compare(source: SourceDatabase, tables: CaseTable[]): Promise<Set<number>> {
  const begin = await currentBinlog(source);
  for (const { name, definitions, rows, around } of tables) {
    const columns = definitions.map((definition, i) => `v${i} ${definition}`);
    if (around) await source.query(around[0]);
    await source.query(`create table ${name} (id int primary key, ${columns.join(', ')})`);
    if (around) await source.query(around[1]);
    const names = definitions.map((_, i) => `v${i}`);
    for (const [id, values] of rows.entries()) {
      await source.query(`insert into ${name} (id, ${names.join()}) values (${[id, ...values].join()})`);
    }
    await source.query(`update ${name} set id = id + 1000`);
  }
  const reader = await openSource(sourceSettings(source), { purpose: 'types test' });
  try {
    const catalog = await readSourceCatalog(reader, source.config.database);
    const columns = new Map(catalog.tables.map((table) => [table.name, table.columns]));
    const charsets = new Set([...columns.values()].flat().flatMap(({ charset }) => charset ?? []));
    const replica = new BinlogReplica(source.flavor, columns, await readCharsets(reader, charsets));
    const end = await currentBinlog(source);
    const events = [...readBinlogFile(begin.file, begin.offset)].filter(
      ({ nextOffset }) => nextOffset <= end.offset,
    );
    replica.apply(events);
    for (const { name, definitions, rows } of tables) {
      const selected = await selectAll(reader, name, columns.get(name)!);
      const replicated = [...(replica.tables.get(name)?.values() ?? [])];
      expect(selected.length, name).toBe(rows.length);
      expect.soft(replicated.map(summary), definitions.join()).toEqual(selected.map(summary));
      expect(
        replicated.every((row, i) => row.equals(selected[i]!)),
        definitions.join(),
      ).toBe(true);
      await source.query(`delete from ${name}`);
    }
    replica.apply(readBinlogFile(end.file, end.offset));
    for (const { name } of tables) expect(replica.tables.get(name)!.size, name).toBe(0);
    return new Set(events.map(({ type }) => type));
  } finally {
    await reader.close();
  }
}

function selectAll(reader: SourceConnection, table: string, columns: SourceColumn[]): Promise<Buffer[]> {
  const expressions = columns.map((column) => selectExpression(column, quoteSourceIdentifier(column.name)));
  return selectRows(reader, `select ${expressions.join(', ')} from ${table} order by id`);
}

/** Short enough to be read where rows differ. */
function summary(row: Buffer): string {
  return row.subarray(0, 200).toString('latin1') + ` (${row.length} bytes)`;
}
