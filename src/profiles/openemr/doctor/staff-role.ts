/** What somebody in the legacy user table is: it has people who treat, people who sign in, addresses and programs. */
import type { Transform } from '../../../mapping/mapping.ts';
import { keepRaw } from '../../../mapping/row-notes.ts';
import { clean } from '../text.ts';

/** Accounts that the application makes for itself. */
export const SERVICE_NAMES = ['phimail-service', 'portal-user', 'oe-system'] as const;

/** What they have for a password, instead of a hash. */
export const NO_LOGIN = 'NoLogin';

/** Old versions had no column for it. */
const SAYS_INACTIVE = /\binactive\b/iu;
const SAYS_NOTHING_ELSE = /^inactive$/iu;

export function isService(username: string | null, password: string | null): boolean {
  return password === NO_LOGIN || SERVICE_NAMES.some((name) => name === username?.trim());
}

export function isActive(active: string | null, info: string | null): boolean {
  return active === '1' && !SAYS_INACTIVE.test(info ?? '');
}

export const staffKind: Transform = {
  name: `staffKind(${SERVICE_NAMES.join(', ')})`,
  apply: (username, password, authorized) => {
    if (isService(username ?? null, password ?? null)) return 'system';
    if ((username ?? '').trim() === '') return 'external';
    return authorized === '1' ? 'provider' : 'staff';
  },
};

/** What `info` says besides is kept. */
export const staffActive: Transform = {
  name: 'staffActive',
  apply: (active, info) => {
    const text = clean(info ?? null);
    if (text !== null && !SAYS_NOTHING_ELSE.test(text)) keepRaw('info', text);
    return isActive(active ?? null, info ?? null) ? 't' : 'f';
  },
};
