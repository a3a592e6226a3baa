/**
 * The first pass over some rows of a mapping, whose keys at the source are known: what the source has under them, and what the target has that is of these rows and
 * of nothing that the source has.
 */
import type { PlannedMapping } from '../mapping/plan.ts';
import type { TargetConnection } from '../postgres/connection.ts';
import { extraRows } from './extra-rows.ts';
import type { RowOwner } from './row-owner.ts';
import type { SourceKey, Suspect, SuspectReader } from './suspects.ts';
import type { TupleLayout } from './tuple-layout.ts';

const KEYS_AT_ONCE = 500;

export class MatchedKeys {
  readonly #options: { planned: PlannedMapping; layout: TupleLayout; owner: RowOwner; reader: SuspectReader };
  readonly #keys: readonly SourceKey[];
  /** By the digest of what of a target row tells whose it is. */
  readonly #owners = new Map<string, SourceKey>();
  readonly #expected = new Set<string>();
  /** Whose the rows are that only the target has, by the digests of their keys. */
  readonly #ownersOfExtra = new Map<string, SourceKey>();
  rowsRead = 0;
  rowsExpected = 0;
  rowsActual = 0;

  constructor(
    options: { planned: PlannedMapping; layout: TupleLayout; owner: RowOwner; reader: SuspectReader },
    keys: readonly SourceKey[],
  ) {
    this.#options = options;
    this.#keys = keys;
    for (const key of keys) {
      const owner = options.owner.ofKey(key);
      if (owner !== null) this.#owners.set(owner, key);
    }
  }

  /** Throws SOURCE_*. */
  async *atSource(): AsyncGenerator<Suspect[]> {
    for (let from = 0; from < this.#keys.length; from += KEYS_AT_ONCE) {
      const found = await this.#options.reader.ofKeys(this.#keys.slice(from, from + KEYS_AT_ONCE));
      this.rowsRead += new Set(found.map(({ key }) => JSON.stringify(key))).size;
      for (const { digest } of found) {
        if (digest === null) continue;
        this.#expected.add(digest);
        this.rowsExpected++;
      }
      yield found;
    }
  }

  /** To be called when everything at the source was read: how often each key is there that should not be. Throws TARGET_*. */
  async extra(target: TargetConnection): Promise<Map<string, number>> {
    const { planned, layout, owner } = this.#options;
    const extra = new Map<string, number>();
    const seen = new Set<string>();
    const isExtra = (digest: string, ownerOf: () => string | null): boolean => {
      const of = ownerOf();
      const key = of === null ? undefined : this.#owners.get(of);
      if (!key) return false;
      this.rowsActual++;
      const isFirst = !seen.has(digest);
      seen.add(digest);
      if (isFirst && this.#expected.has(digest)) return false;
      this.#ownersOfExtra.set(digest, key);
      return true;
    };
    for await (const { digest } of extraRows(target, planned, layout, owner, isExtra))
      extra.set(digest, (extra.get(digest) ?? 0) + 1);
    return extra;
  }

  /** What the source has of the rows that these are of. Throws SOURCE_*. */
  async *findAtSource(digests: ReadonlySet<string>): AsyncGenerator<Suspect[]> {
    const keys = new Map(
      [...digests].flatMap((digest) => {
        const key = this.#ownersOfExtra.get(digest);
        return key ? [[JSON.stringify(key), key] as const] : [];
      }),
    );
    const found = await this.#options.reader.ofKeys([...keys.values()]);
    yield found.filter(({ digest }) => digest !== null && digests.has(digest));
  }
}
