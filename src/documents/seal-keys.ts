import type { KeyVault, SealFormat, Seals, Unsealer } from '../mapping/document-source.ts';

/** A site makes new keys now and then; a file that none opens is no reason to ask for them each time. */
const RENEWED_AT_MOST_EVERY_MS = 10_000;

/** The keys of a site as they were when they were last read. */
export class SealKeys {
  readonly #format: SealFormat;
  readonly #vault: KeyVault;
  #seals: Seals;
  #readAtMs = performance.now();

  private constructor(format: SealFormat, vault: KeyVault, seals: Seals) {
    this.#format = format;
    this.#vault = vault;
    this.#seals = seals;
  }

  static async read(format: SealFormat, vault: KeyVault): Promise<SealKeys> {
    return new SealKeys(format, vault, await format.open(vault));
  }

  looksSealed(head: Buffer): boolean {
    return this.#format.looksSealed(head);
  }

  unsealers(head: Buffer): readonly (() => Unsealer)[] {
    return this.#seals.unsealers(head);
  }

  /** Reads them again, unless that was just done. Returns whether it did. */
  async renew(): Promise<boolean> {
    if (performance.now() - this.#readAtMs < RENEWED_AT_MOST_EVERY_MS) return false;
    this.#readAtMs = performance.now();
    this.#seals = await this.#format.open(this.#vault);
    return true;
  }
}
