import type { Transform } from '../mapping.ts';

type PasswordScheme =
  | 'bcrypt'
  | 'bcrypt-broken'
  | 'argon2i'
  | 'argon2id'
  | 'sha512crypt'
  | 'sha1-salted'
  | 'sha1-hex'
  | 'md5-hex'
  | 'none'
  | 'unknown';

const BCRYPT = /^\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}$/;
const BCRYPT_PREFIX = /^\$2[aby]\$\d\d\$/;
/** 21 characters where bcrypt takes 22: the hash may look sound, but no standard library agrees with it. */
const SHORT_BCRYPT_SALT = /^\$2[aby]\$\d\d\$[^$]{21}\$$/;
const ARGON2 = /^\$(argon2id?)\$v=\d+\$m=\d+,t=\d+,p=\d+\$[A-Za-z0-9+/]+\$[A-Za-z0-9+/]+$/;
const SHA512_CRYPT = /^\$6\$(?:rounds=\d+\$)?[^$:\n]{0,16}\$[./A-Za-z0-9]{86}$/;
const SHA1_SALTED = /^\$SHA1\$[0-9a-f]{40}$/i;
const SHA1_SALT = /^\$SHA1\$/;
const SHA1_HEX = /^[0-9a-f]{40}$/i;
const MD5_HEX = /^[0-9a-f]{32}$/i;
const NO_LOGIN = 'NoLogin';

/**
 * By what a password of OpenEMR is hashed: from the hash and its salt (NULL where there is no such column) to one of the words
 * above. `unknown` is what nobody can log in with by a known rule: a hash that was cut off, or a password in plain text.
 */
export const passwordScheme: Transform = {
  name: 'passwordScheme',
  apply: (hash, salt) => schemeOf(hash ?? '', salt ?? ''),
};

function schemeOf(hash: string, salt: string): PasswordScheme {
  if (hash === '' || hash === NO_LOGIN) return 'none';
  if (BCRYPT_PREFIX.test(hash) && SHORT_BCRYPT_SALT.test(salt)) return 'bcrypt-broken';
  if (BCRYPT.test(hash)) return 'bcrypt';
  const argon2 = ARGON2.exec(hash);
  if (argon2) return argon2[1] as 'argon2i' | 'argon2id';
  if (SHA512_CRYPT.test(hash)) return 'sha512crypt';
  if (SHA1_SALTED.test(hash) && SHA1_SALT.test(salt)) return 'sha1-salted';
  if (salt !== '') return 'unknown';
  if (SHA1_HEX.test(hash)) return 'sha1-hex';
  return MD5_HEX.test(hash) ? 'md5-hex' : 'unknown';
}
