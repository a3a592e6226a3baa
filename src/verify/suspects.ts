/** Rows of the source that the target does not have as they are, and how they are read again. */
import { readStatements } from '../../streams/chunk-statements.ts';
import { rowKeyCondition } from '../../streams/row-key-condition.ts';
import { rejectKey, type JsonValue } from '../ledger/rejects.ts';
import { splitRow } from '../mapping/careful-encoder.ts';
import type { PlannedMapping } from '../mapping/plan.ts';
import { selectFrom } from '../mapping/select-statement.ts';
import type { KeyChunk } from '../mysql/chunk-planner.ts';
import { rowKeyColumns } from '../mysql/row-key.ts';
import { readExpected } from './expected-rows.ts';
import { noCounts } from './match-rows.ts';
import { keyText, type RowOwner } from './row-owner.ts';
import type { TupleLayout } from './tuple-layout.ts';
import type { VerifyContext } from './verify-context.ts';

/** Of the source, as the ledger keeps keys. */
export type SourceKey = Record<string, JsonValue>;

export interface Suspect {
  key: SourceKey;
  /** null where the encoder refuses the row. */
  tuple: Buffer | null;
  /** Of the target row's key; null without a tuple. */
  digest: string | null;
  owner: string | null;
}

const KEYS_PER_SELECT = 50;

export class SuspectReader {
  readonly #context: VerifyContext;
  readonly #planned: PlannedMapping;
  readonly #layout: TupleLayout;
  readonly #owner: RowOwner;
  readonly #keyColumns: string[];

  constructor(context: VerifyContext, planned: PlannedMapping, layout: TupleLayout, owner: RowOwner) {
    this.#context = context;
    this.#planned = planned;
    this.#layout = layout;
    this.#owner = owner;
    this.#keyColumns = rowKeyColumns(planned.table).filter((name) =>
      planned.compiled.sourceColumns.some((column) => column.name === name),
    );
  }

  refused(payload: Buffer): Suspect {
    return { key: this.keyOf(payload), tuple: null, digest: null, owner: this.#owner.ofPayload(payload) };
  }

  /** The rows of a chunk whose target rows have these digests, some at a time. Throws SOURCE_*. */
  ofChunk({ lower, upper }: KeyChunk, wanted: ReadonlySet<string>): AsyncGenerator<Suspect[]> {
    return this.#read(
      readStatements(this.#planned, lower, upper).rows,
      (digest) => wanted.has(digest),
      false,
    );
  }

  /** What the source has under these keys now, refused rows among it. Throws SOURCE_*. */
  async ofKeys(keys: readonly SourceKey[]): Promise<Suspect[]> {
    const found: Suspect[] = [];
    const atSource = this.#planned.mapping.where?.atSource;
    for (let from = 0; from < keys.length; from += KEYS_PER_SELECT) {
      const some = keys.slice(from, from + KEYS_PER_SELECT);
      const wanted = new Set(some.map((key) => JSON.stringify(key)));
      const any = `(${some.map((key) => rowKeyCondition(this.#planned.table, key)).join(' OR ')})`;
      const sql = selectFrom(this.#planned, atSource === undefined ? any : `${any} AND (${atSource})`);
      for await (const suspects of this.#read(sql, () => true, true))
        for (const suspect of suspects) if (wanted.has(JSON.stringify(suspect.key))) found.push(suspect);
    }
    return found;
  }

  async *#read(
    sql: string,
    isWanted: (digest: string) => boolean,
    withRefused: boolean,
  ): AsyncGenerator<Suspect[]> {
    let found: Suspect[] = [];
    const reading = readExpected({
      source: await this.#context.source(),
      planned: this.#planned,
      sql,
      layout: this.#layout,
      counts: noCounts(),
      onTuple: (bytes, end, payload) => {
        this.#layout.digest(bytes, 0, end);
        const digest = keyText(this.#layout);
        if (!isWanted(digest)) return;
        const tuple = Buffer.from(bytes.subarray(0, end));
        found.push({ key: this.keyOf(payload()), tuple, digest, owner: this.#owner.ofTuple(tuple) });
      },
      onRefused: (payload) => {
        if (withRefused) found.push(this.refused(payload));
      },
    });
    let isDone = false;
    try {
      while (!isDone) {
        isDone = (await reading.next()).done === true;
        if (found.length === 0) continue;
        yield found;
        found = [];
      }
    } finally {
      await reading.return(undefined);
      if (!isDone) this.#context.dropSource();
    }
  }

  /** As the ledger keeps it. */
  keyOf(payload: Buffer): SourceKey {
    const { sourceColumns } = this.#planned.compiled;
    return rejectKey({
      columns: sourceColumns.map(({ name }) => name),
      values: splitRow(payload, 0, sourceColumns.length),
      keyColumns: this.#keyColumns,
    });
  }
}
