/**
 * What happens when a definition comes by in the binlog. Promises: nothing passes that could change what rows mean or which
 * there are without this program knowing it (invariant 6). What changes neither columns nor rows passes, and what a table held
 * already when it was loaded; TRUNCATE is applied; added columns are taken over; an operator may let a statement pass
 * by its place. Everything else stops the sync before it, at a commit.
 */
import { hostname, userInfo } from 'node:os';
import type { Alterations } from '../../cdc/alter-table.ts';
import type { SourceStatement } from '../../cdc/transaction-model.ts';
import { recordAccepted } from '../ledger/accepted-statements.ts';
import type { PlannedMapping } from '../mapping/plan.ts';
import type { SourceTable } from '../mysql/catalog-model.ts';
import { changedThroughKeys, logsCascades } from '../mysql/cascades.ts';
import type { SourceServer } from '../mysql/server-version.ts';
import type { RowsDecoder } from './rows-decoder.ts';
import type { AcceptedPlace } from './schema/accepted-place.ts';
import { followCopy, leaveCopy, swapCopy } from './schema/followed-copy.ts';
import { judgeAlter, judgeWatched } from './schema/judge-alter.ts';
import type { LoadStarts } from './schema/load-starts.ts';
import { PASS, stop, type Passage, type Stop } from './schema/passage.ts';
import { recognizeSwap } from './schema/rename-swap.ts';
import { acceptRefused, schemaChanged } from './schema/schema-changed.ts';
import { takeOverColumns, type TakeOverOptions } from './schema/take-over.ts';

export interface SchemaGateOptions extends TakeOverOptions {
  database: string;
  server: SourceServer;
  decoder: RowsDecoder;
  starts: LoadStarts;
  accepted: AcceptedPlace | null;
  /** Copies that online alterations fill, and the tables whose place they are to take. */
  copies: ReadonlyMap<string, string>;
  onNote(text: string): void;
}

export class SchemaGate {
  readonly #options: SchemaGateOptions;

  constructor(options: SchemaGateOptions) {
    this.#options = options;
  }

  /** Whether a statement is to be decided on. */
  concerns({ statement }: SourceStatement): boolean {
    const isUnknown = statement.kind === 'unknown' || statement.database !== null;
    const names = [...statement.tables, ...statement.renames.map(({ to }) => to)];
    return (
      isUnknown ||
      names.some(({ database, table }) => this.#options.decoder.wants(database, table)) ||
      this.#copied(statement) !== null
    );
  }

  /** Decides on a statement that concerns a table of the plan, or that may. Throws CDC_SCHEMA_CHANGED. */
  async decide(item: SourceStatement): Promise<Exclude<Passage, { kind: 'stop' }>> {
    const passage = await this.#judge(item);
    if (passage.kind !== 'stop') return passage;
    const { start } = item;
    const { accepted } = this.#options;
    const isAccepted = accepted?.file === start.file && Number(accepted.offset) === start.offset;
    const tables = this.#toReload(item);
    if (!isAccepted) throw schemaChanged(item, passage.stop, tables);
    return this.#accept(item, passage.stop, tables);
  }

  async #judge(item: SourceStatement): Promise<Passage> {
    const { statement } = item;
    const { decoder, starts, plan, database } = this.#options;
    if (statement.kind === 'drop-database' && !decoder.isDatabase(statement.database!)) return PASS;
    const names = this.#tablesOf(item);
    const concerned =
      statement.kind === 'drop-database' ? plan.mappings.map(({ table }) => table.name) : names;
    const open = concerned.filter((table) => !starts.hold(table, item));
    if (concerned.length > 0 && open.length === 0) return PASS;
    const copied = this.#copied(statement);
    if (copied !== null && open.length === 0) {
      return followCopy(this.#options, copied, statement.tables[0]!.table);
    }
    const onCopy = open.length === 1 && this.#options.copies.has(open[0]!);
    switch (statement.kind) {
      case 'truncate-table':
        if (this.#isWatched(item)) return stop('Rows that a mapping selects, or selects by, are gone.');
        return { kind: 'truncate', mappings: open.flatMap((table) => decoder.mappingsOf(database, table)) };
      case 'create-index':
      case 'create-database':
      case 'alter-database':
      case 'other':
        return PASS;
      case 'create-table':
        // The table is there: nothing else would have been synced.
        if (statement.ifNotExists) return PASS;
        return stop(
          'The table is another one than that which was loaded.',
          'its rows are not those of the target',
        );
      case 'drop-table':
        if (onCopy) return leaveCopy(this.#options, open[0]!);
        return stop('The rows of the table are gone at the source, and stay in the target.');
      case 'drop-database':
        return stop('The rows of the table are gone at the source, and stay in the target.');
      case 'rename-table':
        return this.#judgeRename(item, open);
      case 'alter-table':
      case 'drop-index':
        return this.#judgeAlter(item, statement.alterations!).then((passage) =>
          onCopy && passage.kind === 'stop' ? leaveCopy(this.#options, open[0]!) : passage,
        );
      default:
        return stop('');
    }
  }

  async #judgeAlter({ statement }: SourceStatement, alterations: Alterations): Promise<Passage> {
    const { decoder, server } = this.#options;
    const [altered] = statement.tables;
    const isTaken = altered && decoder.mappingsOf(altered.database, altered.table).length > 0;
    if (altered && !isTaken && decoder.isWatched(altered.database, altered.table))
      return judgeWatched(alterations, decoder.isOwn(altered.database, altered.table));
    const table = this.#tableNamed(altered && decoder.nameOf(altered.database, altered.table));
    const judged = judgeAlter(table, alterations, server);
    if (judged !== null || alterations.addedColumns.length === 0) return judged ?? PASS;
    return takeOverColumns(this.#options, table!, alterations.addedColumns);
  }

  async #judgeRename({ statement }: SourceStatement, open: readonly string[]): Promise<Passage> {
    const { decoder } = this.#options;
    const isPlanned = ({ database, table }: { database: string; table: string }) =>
      decoder.wants(database, table);
    if (!statement.renames.some(({ to }) => isPlanned(to)))
      return stop('The table has got another name, under which nobody follows it.');
    const swap = recognizeSwap(statement);
    if (swap === null)
      return stop('Another table has taken its name.', 'its rows may be others than those of the target');
    if (this.#options.copies.get(swap.copy) === swap.table) {
      // A table that was loaded again meanwhile has the rows of the copy, or newer ones.
      const isOpen = open.includes(swap.table);
      return isOpen ? swapCopy(this.#options, swap) : leaveCopy(this.#options, swap.copy);
    }
    return stop(
      `${swap.tool} has put its copy ${swap.copy} in the place of ${swap.table}. The copy was not followed: that its columns and rows are the same is for you to know.`,
    );
  }

  #isWatched({ statement }: SourceStatement): boolean {
    const { decoder } = this.#options;
    return statement.tables.some(({ database, table }) => decoder.isWatched(database, table));
  }

  /** The planned table of which a statement makes an empty copy, by a name that gh-ost gives; null for others. */
  #copied({ kind, like, ifNotExists, tables }: SourceStatement['statement']): SourceTable | null {
    const { decoder } = this.#options;
    const [copy] = tables;
    if (kind !== 'create-table' || ifNotExists || !like || !copy || copy.database !== like.database)
      return null;
    if (decoder.wants(copy.database, copy.table) || copy.table !== `_${like.table}_gho`) return null;
    return this.#tableNamed(decoder.nameOf(like.database, like.table));
  }

  #accept(
    { statement, start, gtid }: SourceStatement,
    { whyNotAccepted }: Stop,
    tables: readonly string[],
  ): Exclude<Passage, { kind: 'stop' }> {
    const { runId, onNote } = this.#options;
    if (whyNotAccepted !== null) throw acceptRefused({ start }, whyNotAccepted, tables);
    const acceptedBy = `${userInfo().username}@${hostname()}`;
    return {
      kind: 'change',
      work: async (target) => {
        const named = statement.tables.map(({ table }) => table);
        await recordAccepted(target, runId, {
          ...start,
          gtid,
          statement: statement.kind,
          tables: named,
          acceptedBy,
        });
        onNote(
          `The statement at ${start.file}:${start.offset} (${statement.kind}) was let pass, as --accept-schema says.`,
        );
      },
    };
  }

  /** The planned tables whose names stand in the statement, as the plan writes them. */
  #tablesOf({ statement }: SourceStatement): string[] {
    const { decoder } = this.#options;
    const named = [...statement.tables, ...statement.renames.map(({ to }) => to)];
    return [...new Set(named.flatMap(({ database, table }) => decoder.nameOf(database, table) ?? []))];
  }

  /** Those of the statement, and those that hang on them by foreign keys which the source does not log. */
  #toReload(item: SourceStatement): string[] {
    const names = this.#tablesOf(item);
    const { plan, server } = this.#options;
    return logsCascades(server) ? names : [...names, ...changedThroughKeys(plan.source.tables, names)];
  }

  #tableNamed(name: string | null | undefined): SourceTable | null {
    const { mappings }: { mappings: readonly PlannedMapping[] } = this.#options.plan;
    return mappings.find(({ table }) => table.name === name)?.table ?? null;
  }
}
