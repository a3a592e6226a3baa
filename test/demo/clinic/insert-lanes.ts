import { insertInto, type ClinicTable } from './tables.ts';

interface SqlConnection {
  query(sql: string): Promise<unknown>;
}

const STATEMENT_CHARACTERS = 256 * 1024;

/** Collects rows and sends them in statements of a quarter of a megabyte, as many at a time as there are connections. */
export class InsertLanes {
  readonly #free: SqlConnection[];
  readonly #busy = new Set<Promise<void>>();
  readonly #pending = new Map<ClinicTable, { rows: string[]; characters: number }>();
  #failure: { error: unknown } | null = null;
  /** Given to add() so far. */
  rows = 0;

  constructor(connections: readonly SqlConnection[]) {
    this.#free = [...connections];
  }

  readonly add = (table: ClinicTable, values: string): void => {
    let pending = this.#pending.get(table);
    if (!pending) this.#pending.set(table, (pending = { rows: [], characters: 0 }));
    pending.rows.push(`(${values})`);
    pending.characters += values.length;
    this.rows++;
  };

  /** Sends what has come to a statement's size. Resolves when no more than one statement for each connection is under way. */
  async sendFull(): Promise<void> {
    await this.#send(STATEMENT_CHARACTERS);
  }

  /** Sends the rest. Resolves when every row is in. */
  async finish(): Promise<void> {
    await this.#send(0);
    await Promise.all(this.#busy);
    this.#throwFailure();
  }

  async #send(minCharacters: number): Promise<void> {
    for (const [table, { rows, characters }] of this.#pending) {
      if (characters < minCharacters) continue;
      this.#pending.delete(table);
      while (this.#free.length === 0) await Promise.race(this.#busy);
      this.#throwFailure();
      this.#start(insertInto(table) + rows.join(','));
    }
  }

  #start(sql: string): void {
    const connection = this.#free.pop() as SqlConnection;
    const running = connection
      .query(sql)
      .then(
        () => undefined,
        (error: unknown) => void (this.#failure ??= { error }),
      )
      .finally(() => {
        this.#busy.delete(running);
        this.#free.push(connection);
      });
    this.#busy.add(running);
  }

  #throwFailure(): void {
    if (this.#failure) throw this.#failure.error;
  }
}
