/**
 * Whether rows refer to rows that are there: by foreign keys within a database, and by ids across the databases of services, where no constraint can. What refers
 * to what is read off the mappings: a uuid that is made of an entity's key is that entity's id wherever it stands. Both sides are read in the order of the ids and
 * compared like two sorted lists; nothing is held but the first ids that lead nowhere.
 */
import type { Destination } from '../config/destinations.ts';
import type { Plan, PlannedMapping } from '../mapping/plan.ts';
import { rowKeyOf } from '../mapping/target-key.ts';
import { rowKeyColumns } from '../mysql/row-key.ts';
import { quoteIdentifier } from '../postgres/identifiers.ts';
import type { TargetConnection } from '../postgres/connection.ts';
import { targetTuples } from './target-tuples.ts';
import { TupleLayout } from './tuple-layout.ts';
import { fromTarget } from './verify-context.ts';

export interface Relationship {
  /** `schema.table.column`. */
  from: string;
  /** `schema.table`. */
  to: string;
  /** Different ids that are referred to. */
  references: number;
  /** Of these, the ones that no row has. */
  dangling: number;
}

/** A column that holds ids of another entity. */
interface Reference {
  planned: PlannedMapping;
  column: string;
  destination: Destination;
  targets: EntityTable[];
}

interface EntityTable {
  planned: PlannedMapping;
  column: string;
  destination: Destination;
}

interface RelationshipsOptions {
  plan: Plan;
  destinations: readonly Destination[];
  /** Mappings whose rows are there. */
  isLoaded(mapping: string): boolean;
  open(destination: Destination): Promise<TargetConnection>;
  /** How often an id that leads nowhere is looked up again, since its row may be on its way. */
  lookAgain: { times: number; wait(): Promise<void> };
  signal: AbortSignal;
}

const MAX_LOOKED_UP = 10_000;

/** References from one database to another. Throws TARGET_*, INTERRUPTED. */
export async function verifyRelationships(options: RelationshipsOptions): Promise<Relationship[]> {
  const found: Relationship[] = [];
  for (const reference of referencesBetween(options)) {
    options.signal.throwIfAborted();
    found.push(await compareIds(options, reference));
  }
  return found;
}

function referencesBetween({ plan, destinations, isLoaded }: RelationshipsOptions): Reference[] {
  const destinationOf = ({ mapping }: PlannedMapping): Destination | undefined =>
    destinations.find(({ services }) => services.includes(mapping.service));
  const entities = new Map<string, EntityTable[]>();
  const loaded = plan.mappings.filter(({ mapping }) => isLoaded(mapping.id));
  for (const planned of loaded) {
    const id = idOf(planned);
    const destination = destinationOf(planned);
    if (!id || !destination) continue;
    const { entity, column } = id;
    const known = entities.get(entity) ?? [];
    entities.set(entity, [...known, { planned, column, destination }]);
  }
  return loaded.flatMap((planned) => {
    const destination = destinationOf(planned);
    if (!destination) return [];
    const own = idOf(planned)?.column;
    return planned.mapping.columns.flatMap(({ target, value }): Reference[] => {
      if ((value.kind !== 'uuid' && value.kind !== 'reference') || target.name === own) return [];
      const targets = entities.get(value.entity) ?? [];
      const isAway = targets.length > 0 && targets.every((one) => one.destination !== destination);
      return isAway ? [{ planned, column: target.name, destination, targets }] : [];
    });
  });
}

/** The uuid by which the rows of a mapping are told apart; null where it is not one. */
function idOf({ mapping, table }: PlannedMapping): { entity: string; column: string } | null {
  const [column, ...more] = rowKeyOf(mapping, rowKeyColumns(table)) ?? [];
  const value = mapping.columns.find(({ target }) => target.name === column)?.value;
  return column !== undefined && more.length === 0 && value?.kind === 'uuid'
    ? { entity: value.entity, column }
    : null;
}

async function compareIds(options: RelationshipsOptions, reference: Reference): Promise<Relationship> {
  const { planned, column, destination, targets } = reference;
  const connections = [await options.open(destination)];
  for (const target of targets) connections.push(await options.open(target.destination));
  const dangling: Buffer[] = [];
  let references = 0;
  let beyond = 0;
  try {
    // What refers is read first: what it refers to was there by then, or is on its way.
    const from = new SortedIds(connections[0]!, planned, column);
    await from.advance();
    const to = targets.map(
      (target, index) => new SortedIds(connections[index + 1]!, target.planned, target.column),
    );
    for (; from.id; await from.advance()) {
      references++;
      let isThere = false;
      for (const ids of to) {
        while (ids.id === undefined || (ids.id && ids.id.compare(from.id) < 0)) await ids.advance();
        isThere ||= ids.id?.equals(from.id) === true;
      }
      if (isThere) continue;
      if (dangling.length < MAX_LOOKED_UP) dangling.push(Buffer.from(from.id));
      else beyond++;
    }
    for (const ids of to) await ids.end();
  } finally {
    await Promise.all(connections.map((connection) => connection.close()));
  }
  const { schema, table } = planned.mapping.target;
  const first = targets[0]!.planned.mapping.target;
  return {
    from: `${schema}.${table}.${column}`,
    to: `${first.schema}.${first.table}`,
    references,
    dangling: beyond + (await stillDangling(options, reference, dangling)),
  };
}

async function stillDangling(
  { open, lookAgain }: RelationshipsOptions,
  { planned, column, destination, targets }: Reference,
  ids: readonly Buffer[],
): Promise<number> {
  let left = ids.map((id) => id.toString('hex'));
  for (let time = 0; left.length > 0 && time < lookAgain.times; time++) {
    await lookAgain.wait();
    left = await having(await open(destination), planned, column, left);
    for (const target of targets) {
      const there = new Set(
        await having(await open(target.destination), target.planned, target.column, left),
      );
      left = left.filter((id) => !there.has(id));
    }
  }
  return left.length;
}

/** Those of the ids that stand in the column. */
async function having(
  target: TargetConnection,
  planned: PlannedMapping,
  column: string,
  ids: readonly string[],
): Promise<string[]> {
  try {
    const name = quoteIdentifier(column);
    const { rows } = await target.query<{ id: string }>(
      `SELECT DISTINCT replace(i.${name}::text, '-', '') AS id FROM (SELECT t.${name} ${fromTarget(planned)}) AS i WHERE i.${name} = ANY ($1::uuid[])`,
      [ids],
    );
    return rows.map(({ id }) => id);
  } finally {
    await target.close();
  }
}

/** The different values of a column of uuids, in the order of their bytes. */
class SortedIds {
  readonly #reading: AsyncGenerator<void>;
  #ready: Buffer[] = [];
  #at = 0;
  /** undefined before the first, null behind the last. */
  id: Buffer | null | undefined = undefined;

  constructor(target: TargetConnection, planned: PlannedMapping, column: string) {
    const layout = new TupleLayout([{ name: column, type: 'uuid' }], [0]);
    const name = quoteIdentifier(column);
    const select = `SELECT DISTINCT i.${name} FROM (SELECT t.${name} ${fromTarget(planned)}) AS i WHERE i.${name} IS NOT NULL ORDER BY 1`;
    this.#reading = targetTuples({
      target,
      select,
      layout,
      action: 'read ids',
      onTuple: (bytes) => this.#ready.push(Buffer.from(layout.field(bytes, 0)!)),
    });
  }

  async advance(): Promise<void> {
    while (this.#at === this.#ready.length) {
      this.#ready = [];
      this.#at = 0;
      const { done } = await this.#reading.next();
      if (done && this.#ready.length === 0) {
        this.id = null;
        return;
      }
    }
    this.id = this.#ready[this.#at++]!;
  }

  async end(): Promise<void> {
    await this.#reading.return(undefined);
  }
}
