/** Values that occur nowhere else, to be planted where patients' data and secrets are, and searched for where they must not be. */
import { randomBytes, randomInt } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

const MAX_RANDOM = 2 ** 46;

export class PhiCanaries {
  readonly #planted = new Map<string, string>();

  /** A word; `where` says what it means when it is found. */
  word(where: string): string {
    return this.#plant(`Canary${randomBytes(6).toString('hex')}`, where);
  }

  /** Fourteen digits, for columns of numbers: more than a time in milliseconds has, so that none is found by chance. */
  number(where: string): number {
    return Number(this.#plant(String(10_000_000_000_000 + randomInt(MAX_RANDOM)), where));
  }

  /** What of all that was planted is in the text: as it is, in hexadecimal, or in base64. */
  foundIn(text: string): string[] {
    const lowered = text.toLowerCase();
    return [...this.#planted].flatMap(([canary, where]) => {
      const hex = Buffer.from(canary).toString('hex');
      // The middle of it, which does not depend on what stands before.
      const base64 = [0, 1, 2].map((shift) =>
        Buffer.from('_'.repeat(shift) + canary)
          .toString('base64')
          .slice(4, -4),
      );
      const forms = [lowered.includes(canary.toLowerCase()), lowered.includes(hex)];
      return forms.includes(true) || base64.some((form) => form.length > 6 && text.includes(form))
        ? [where]
        : [];
    });
  }

  #plant(canary: string, where: string): string {
    this.#planted.set(canary, where);
    return canary;
  }
}

/** The content of every file below a directory, one after the other. */
export function textOfFiles(directory: string): string {
  return fs
    .readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => fs.readFileSync(path.join(entry.parentPath, entry.name), 'latin1'))
    .join('\n');
}
