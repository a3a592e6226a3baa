/**
 * Rows that differed while both sides change, looked at again: each is read from the source, waited for until sync has passed where it was read, compared, and
 * read once more. What is the same then was a change on its way. What differs twice, while the source's row stands still, differs. What is another row each
 * time is neither: it changes for ever.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { TransfuseError } from '../core/errors.ts';
import { haveOpenRejects } from '../ledger/rejects.ts';
import type { PlannedMapping } from '../mapping/plan.ts';
import { readStartPosition, waitUntilVisible } from '../mysql/start-position.ts';
import type { TargetConnection } from '../postgres/connection.ts';
import { compareInTarget, type Verdict } from './compare-in-target.ts';
import { byDigest, extraRows, type ExtraRow } from './extra-rows.ts';
import type { FollowedTarget } from './followed-target.ts';
import type { RowOwner } from './row-owner.ts';
import type { Suspect, SuspectReader } from './suspects.ts';
import type { TupleLayout } from './tuple-layout.ts';
import type { VerifyContext } from './verify-context.ts';

const ROUNDS = 8;
/** So often it must differ from a row of the source that has stood still. */
const STRIKES = 2;
const PAUSE_MS = 200;

interface RecheckOptions {
  context: VerifyContext;
  planned: PlannedMapping;
  layout: TupleLayout;
  owner: RowOwner;
  reader: SuspectReader;
  /** What the source has, of rows whose target rows have these digests. */
  findAtSource(digests: ReadonlySet<string>): AsyncIterable<Suspect[]>;
  target: TargetConnection;
  followed: FollowedTarget;
}

export interface Confirmed {
  differing: { suspect: Suspect; verdict: Exclude<Verdict, null> }[];
  extra: ExtraRow[];
  rejected: Suspect[];
  changing: number;
}

interface Case {
  suspect: Suspect;
  strikes: number;
}

/** `extra`: digests of keys that only the target had. Throws VERIFY_NOT_FOLLOWED, SOURCE_*, TARGET_*, INTERRUPTED. */
export async function recheckRows(
  options: RecheckOptions,
  suspects: readonly Suspect[],
  extra: ReadonlyMap<string, number>,
): Promise<Confirmed> {
  return new Recheck(options, suspects, extra).run();
}

class Recheck {
  readonly #options: RecheckOptions;
  /** By the key at the source. */
  readonly #cases = new Map<string, Case>();
  /** By the digest of the target's key: how often it was there, and nothing at the source. */
  readonly #extra = new Map<string, number>();
  readonly #confirmed: Confirmed = { differing: [], extra: [], rejected: [], changing: 0 };

  constructor(options: RecheckOptions, suspects: readonly Suspect[], extra: ReadonlyMap<string, number>) {
    this.#options = options;
    for (const suspect of suspects) this.#suspect(suspect);
    for (const digest of extra.keys()) this.#extra.set(digest, 0);
  }

  async run(): Promise<Confirmed> {
    const { signal } = this.#options.context;
    for (let round = 0; round < ROUNDS && this.#cases.size + this.#extra.size > 0; round++) {
      if (round > 0) await sleep(PAUSE_MS, undefined, { signal }).catch(() => undefined);
      signal.throwIfAborted();
      await this.#round();
    }
    this.#confirmed.changing = this.#cases.size + this.#extra.size;
    return this.#confirmed;
  }

  #suspect(suspect: Suspect): void {
    const name = JSON.stringify(suspect.key);
    if (!this.#cases.has(name)) this.#cases.set(name, { suspect, strikes: 0 });
  }

  async #round(): Promise<void> {
    const { reader, target, planned, layout } = this.#options;
    // Those that come in meanwhile wait for the next round.
    const cases = [...this.#cases];
    const keys = cases.map(([, { suspect }]) => suspect.key);
    const before = byKey(await reader.ofKeys(keys));
    await this.#wait();
    const found = [...before.values()].flat();
    const tuples = found.flatMap(({ tuple }) => tuple ?? []);
    const verdicts = (
      tuples.length > 0 ? await compareInTarget(target, planned, layout, tuples) : []
    ).values();
    const verdictOf = new Map(
      found.map((suspect): [Suspect, Verdict] => [
        suspect,
        suspect.tuple ? verdicts.next().value! : 'refused',
      ]),
    );
    const after = byKey(await reader.ofKeys(keys));
    await this.#judgeExtra();
    for (const [name, one] of cases) {
      const rows = before.get(name) ?? [];
      if (sameRows(rows, after.get(name) ?? [])) await this.#judge(name, one, rows, verdictOf);
    }
  }

  /** Until the target holds whatever the source has shown by now. */
  async #wait(): Promise<void> {
    const { context, planned, followed } = this.#options;
    const position = await readStartPosition(await context.source(), () => undefined);
    if (!position) throw noPosition();
    await waitUntilVisible(position, context.signal);
    await followed.waitFor(position, planned.mapping.shape !== 'row');
  }

  async #judge(
    name: string,
    one: Case,
    rows: readonly Suspect[],
    verdictOf: ReadonlyMap<Suspect, Verdict>,
  ): Promise<void> {
    const { target, planned, context } = this.#options;
    if (rows.length === 0) {
      // Gone from the source: what the target may still have of it is looked for there.
      this.#cases.delete(name);
      if (one.suspect.digest !== null) this.#extra.set(one.suspect.digest, 0);
      return;
    }
    const guilty = rows.flatMap((suspect) => {
      const verdict = verdictOf.get(suspect) ?? null;
      return verdict === null ? [] : [{ suspect, verdict }];
    });
    if (guilty.length > 0) {
      const [isRejected] = await haveOpenRejects(target, context.runId, planned.mapping.id, [
        one.suspect.key,
      ]);
      if (!isRejected && ++one.strikes < STRIKES) return;
      if (isRejected) this.#confirmed.rejected.push(one.suspect);
      else this.#confirmed.differing.push(...guilty);
    }
    this.#cases.delete(name);
  }

  /** What the target has no more was on its way out; of the rest it counts whether the source has it. */
  async #judgeExtra(): Promise<void> {
    if (this.#extra.size === 0) return;
    const { target, planned, layout, owner, findAtSource } = this.#options;
    const there = new Map<string, ExtraRow>();
    const wanted = new Map([...this.#extra.keys()].map((digest) => [digest, 1]));
    for await (const row of extraRows(target, planned, layout, owner, byDigest(wanted)))
      there.set(row.digest, row);
    for (const digest of this.#extra.keys()) if (!there.has(digest)) this.#extra.delete(digest);
    if (this.#extra.size === 0) return;
    const digests = new Set(this.#extra.keys());
    for await (const suspects of findAtSource(digests)) {
      for (const suspect of suspects) {
        this.#extra.delete(suspect.digest!);
        this.#suspect(suspect);
      }
    }
    for (const [digest, strikes] of this.#extra) {
      if (strikes + 1 < STRIKES) this.#extra.set(digest, strikes + 1);
      else {
        this.#extra.delete(digest);
        this.#confirmed.extra.push(there.get(digest)!);
      }
    }
  }
}

function byKey(suspects: readonly Suspect[]): Map<string, Suspect[]> {
  const groups = new Map<string, Suspect[]>();
  for (const suspect of suspects) {
    const name = JSON.stringify(suspect.key);
    groups.set(name, [...(groups.get(name) ?? []), suspect]);
  }
  return groups;
}

function sameRows(some: readonly Suspect[], others: readonly Suspect[]): boolean {
  const texts = (rows: readonly Suspect[]): string[] =>
    rows.map(({ tuple }) => tuple?.toString('latin1') ?? '').toSorted();
  return some.length === others.length && JSON.stringify(texts(some)) === JSON.stringify(texts(others));
}

function noPosition(): TransfuseError {
  return new TransfuseError('VERIFY_NOT_FOLLOWED', 'The source shows no position of its binlog.');
}
