/**
 * Whether everything arrived: counts of every table, and the values of its rows, read from both databases by statements
 * of the check's own. Rows are compared as a bag, so no order is needed and tables without a key are as good as others.
 */
import type { DatabaseAddress } from '../../support/database-address.ts';
import { canonicalColumn } from './canonical-columns.ts';
import { openSourceEnd, openTargetEnd, readNumber, type DatabaseEnd } from './database-ends.ts';
import { RowBag } from './row-bag.ts';
import { pairTables, type TablePair } from './table-pairs.ts';

export interface TableCheck {
  table: string;
  sourceRows: number;
  /** null where the table is not in the target. */
  targetRows: number | null;
  rejected: number;
  /** Rows of the source whose values were compared. */
  comparedRows: number;
  /** One in so many rows was compared; 1 for all. */
  sampledOneIn: number;
  /** What is wrong, each in a sentence; names and counts only. Empty: the table is whole. */
  problems: string[];
}

export interface CheckOptions {
  source: DatabaseAddress;
  target: DatabaseAddress;
  /** Of larger tables with an integer column a sample is compared, of about this size. */
  maxComparedRows: number;
  signal?: AbortSignal;
}

/** Checks every table of the source, one after the other, each yielded when it is done. */
export async function* checkTables(options: CheckOptions): AsyncGenerator<TableCheck> {
  await using source = await openSourceEnd(options.source);
  await using target = await openTargetEnd(options.target);
  for (const pair of await pairTables(source, target)) {
    options.signal?.throwIfAborted();
    yield await checkTable(pair, source, target, options);
  }
}

async function checkTable(
  pair: TablePair,
  source: DatabaseEnd,
  target: DatabaseEnd,
  { maxComparedRows, signal }: CheckOptions,
): Promise<TableCheck> {
  const sourceRows = await readNumber(source, `SELECT COUNT(*) FROM ${pair.source}`);
  const check: TableCheck = {
    table: pair.name,
    sourceRows,
    targetRows: null,
    rejected: pair.rejected,
    comparedRows: 0,
    sampledOneIn: 1,
    problems: [],
  };
  if (pair.target === null) return { ...check, problems: ['It is not in the target.'] };
  const targetRows = await readNumber(target, `SELECT count(*) FROM ${pair.target}`);
  const problems: string[] = [];
  if (sourceRows !== targetRows + pair.rejected) {
    problems.push(`${sourceRows} rows are not ${targetRows} loaded + ${pair.rejected} rejected.`);
  }
  if (pair.unpairedColumns > 0) problems.push('The two tables differ in their number of columns.');
  const sampledOneIn = pair.sampleBy ? Math.max(1, Math.ceil(sourceRows / maxComparedRows)) : 1;
  const compared = await compareRows(pair, source, target, sampledOneIn, signal);
  return {
    ...check,
    targetRows,
    comparedRows: compared.rows,
    sampledOneIn,
    problems: [...problems, ...compared.problems],
  };
}

async function compareRows(
  pair: TablePair,
  source: DatabaseEnd,
  target: DatabaseEnd,
  sampledOneIn: number,
  signal: AbortSignal | undefined,
): Promise<{ rows: number; problems: string[] }> {
  const problems: string[] = [];
  const columns = pair.columns.flatMap((names) => {
    const column = canonicalColumn(names);
    if (column) return [{ ...column, name: names.source.name }];
    problems.push(`The values of ${names.source.name} have no common form and were not compared.`);
    return [];
  });
  const where = (side: 'source' | 'target') =>
    sampledOneIn > 1 && pair.sampleBy ? ` WHERE MOD(${pair.sampleBy[side].name}, ${sampledOneIn}) = 0` : '';
  const select = (expressions: string[], table: string) => `SELECT ${expressions.join(', ')} FROM ${table}`;
  const sourceSql =
    select(
      columns.map((column) => column.sourceSql),
      pair.source,
    ) + where('source');
  const targetSql =
    select(
      columns.map((column) => column.targetSql),
      pair.target ?? '',
    ) + where('target');

  const bag = new RowBag();
  const sourceForms = columns.map((column) => column.normalizeSource);
  const targetForms = columns.map((column) => column.normalizeTarget);
  let rows = 0;
  for await (const cells of source.rows(sourceSql)) {
    signal?.throwIfAborted();
    bag.put(cells, sourceForms);
    rows++;
  }
  for await (const cells of target.rows(targetSql)) {
    signal?.throwIfAborted();
    bag.take(cells, targetForms);
  }

  const { onlyPut, onlyTaken } = bag;
  // Of a sample it is not known how many of the rejected rows are in it.
  const missingIsRight = sampledOneIn === 1 ? onlyPut === pair.rejected : onlyPut <= pair.rejected;
  if (onlyTaken === 0 && missingIsRight) return { rows, problems };
  problems.push(
    `${onlyPut} rows of the source are not in the target as they were, with ${pair.rejected} rejected; ` +
      `${onlyTaken} rows of the target are not in the source.`,
  );
  const differing = await differingColumns({
    bag,
    source,
    target,
    sourceSql,
    targetSql,
    sourceForms,
    targetForms,
  });
  if (differing.length > 0) {
    problems.push(
      `Rows of the same key differ in ${differing.map((place) => columns[place]?.name).join(', ')}.`,
    );
  }
  return { rows, problems };
}

interface Difference {
  bag: RowBag;
  source: DatabaseEnd;
  target: DatabaseEnd;
  sourceSql: string;
  targetSql: string;
  sourceForms: Parameters<RowBag['put']>[1];
  targetForms: Parameters<RowBag['put']>[1];
}

const EXAMINED_ROWS = 1000;

/** Reads again, and compares the cells of unmatched rows whose first cell is the same. Places of columns. */
async function differingColumns(difference: Difference): Promise<number[]> {
  const { bag, source, target, sourceSql, targetSql, sourceForms, targetForms } = difference;
  const unmatched = new Map<string | null, (string | null)[]>();
  for await (const cells of source.rows(sourceSql)) {
    const row = bag.unmatched(cells, sourceForms);
    if (row && unmatched.size < EXAMINED_ROWS) unmatched.set(row[0] ?? null, row);
  }
  const places = new Set<number>();
  for await (const cells of target.rows(targetSql)) {
    const row = bag.unmatched(cells, targetForms);
    const counterpart = row && unmatched.get(row[0] ?? null);
    if (!row || !counterpart) continue;
    for (const [place, cell] of row.entries()) if (cell !== counterpart[place]) places.add(place);
  }
  return [...places].sort((a, b) => a - b);
}
