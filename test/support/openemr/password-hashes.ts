/** What looks like a password hash and is the hash of nothing. */
import type { Random } from '../../demo/clinic/random.ts';

/** The letters that bcrypt writes. */
const LETTERS = './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const SALT_AND_DIGEST_LETTERS = 53;

export function passwordHash(random: Random): string {
  let hash = '$2y$10$';
  for (let at = 0; at < SALT_AND_DIGEST_LETTERS; at++) hash += LETTERS[random.below(LETTERS.length)]!;
  return hash;
}

/** What 5.0 keeps beside a bcrypt hash: the first 29 characters of it, and `$`. */
export function saltOf(hash: string): string {
  return `${hash.slice(0, 29)}$`;
}
