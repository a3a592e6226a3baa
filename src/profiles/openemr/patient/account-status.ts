/** Whether an account of the portal can be used: computed from all that the legacy login looks at, never copied. */
import type { Transform } from '../../../mapping/mapping.ts';
import { raiseFlag } from '../../../mapping/row-notes.ts';
import { passwordScheme } from '../../../mapping/transforms/index.ts';

/** Those that a login of today may verify; the others are weak, or nobody's library agrees with them. */
const STRONG = new Set(['bcrypt', 'argon2i', 'argon2id', 'sha512crypt']);
/** Those that keep their salt beside the hash. */
const SALTED_BESIDE = new Set(['sha1-salted', 'bcrypt-broken']);

/**
 * Of password, status (1: set by the patient), one-time token, consent to the portal, id, the id of the first account of that name,
 * and salt. Without consent nobody signs in; of two accounts of one name the first, which is the one that the legacy login finds.
 */
export const accountStatus: Transform = {
  name: 'accountStatus',
  apply: (password, set, token, consent, id, namesake, salt) => {
    const scheme = passwordScheme.apply(password ?? null, salt ?? null)!;
    const isActivating = (token ?? '').trim() !== '';
    if (scheme === 'unknown' && !isActivating) raiseFlag('password_hash_invalid');
    const isSecond = namesake != null && namesake !== id;
    if (isSecond) raiseFlag('username_collision');
    if (isSecond || consent?.trim().toUpperCase() !== 'YES') return 'disabled';
    if (isActivating) return 'pending_activation';
    if (scheme === 'none') return 'disabled';
    if (set !== '1') return 'pending_activation';
    return STRONG.has(scheme) ? 'active' : 'reset_required';
  },
};

/** What staff have set, or nobody, has to be changed at the first login. */
export const mustChangePassword: Transform = {
  name: 'mustChangePassword',
  apply: (set) => (set === '1' ? 'f' : 't'),
};

/** The hash, where it is one: a temporary password in plain text goes nowhere. */
export const passwordHash: Transform = {
  name: 'passwordHash',
  apply: (password, salt) => {
    const scheme = passwordScheme.apply(password ?? null, salt ?? null)!;
    return scheme === 'none' || scheme === 'unknown' ? null : (password ?? null);
  },
};

export const passwordSalt: Transform = {
  name: 'passwordSalt',
  apply: (password, salt) =>
    SALTED_BESIDE.has(passwordScheme.apply(password ?? null, salt ?? null)!) ? (salt ?? null) : null,
};

const MAX_INTEGER = 2_147_483_647;

export const failedAttempts: Transform = {
  name: 'failedAttempts',
  apply: (count) => String(Math.min(Math.max(Number(count ?? '0'), 0), MAX_INTEGER)),
};
