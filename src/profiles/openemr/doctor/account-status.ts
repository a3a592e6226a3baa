/** How staff signs in: which hash counts, and whether anybody can sign in with it. */
import type { Transform } from '../../../mapping/mapping.ts';
import { raiseFlag } from '../../../mapping/row-notes.ts';
import { passwordScheme } from '../../../mapping/transforms/index.ts';
import { isActive, isService } from './staff-role.ts';

/** Of the table of credentials, by the columns that the transforms take; NULL where there is no such row. */
export const CREDENTIALS = ['credentials_id', 'hash', 'salt', 'password'] as const;

type Text = string | null | undefined;

/** What new systems can go on with: verify it once, then hash the password anew. */
const SOUND = new Set(['bcrypt', 'argon2i', 'argon2id', 'sha512crypt']);
/** What `passwordScheme` says of what is no hash: a plain password is not carried over. */
const NO_HASH = new Set(['none', 'unknown']);
const OLD_HASH = /^(?:[0-9a-f]{32}|[0-9a-f]{40})$/i;

interface Hash {
  hash: string;
  salt: string;
  scheme: string;
}

/** Before there was a table of credentials the hash was in the user's own row. Today there are words such as `NoLogin` in its place. */
function hashOf(credentialsId: Text, hash: Text, salt: Text, password: Text): Hash {
  const isOld = credentialsId == null && OLD_HASH.test(password ?? '');
  const taken = isOld ? { hash: password!, salt: '' } : { hash: hash ?? '', salt: salt ?? '' };
  return { ...taken, scheme: passwordScheme.apply(taken.hash, taken.salt)! };
}

export const staffScheme: Transform = {
  name: 'staffScheme',
  apply: (id, hash, salt, password) => hashOf(id, hash, salt, password).scheme,
};

export const staffHash: Transform = {
  name: 'staffHash',
  apply: (...inputs) => {
    const { hash, scheme } = hashOf(inputs[0], inputs[1], inputs[2], inputs[3]);
    return NO_HASH.has(scheme) ? null : hash;
  },
};

/** Only where the hash does not hold it. */
export const staffSalt: Transform = {
  name: 'staffSalt',
  apply: (...inputs) => {
    const { salt, scheme } = hashOf(inputs[0], inputs[1], inputs[2], inputs[3]);
    return scheme === 'sha1-salted' ? salt : null;
  },
};

/** What else tells of an account, in the order in which `staffStatus` takes it after the credentials. */
export const CIRCUMSTANCES = [
  'username',
  'credentials_username',
  'active',
  'info',
  'groups_json',
  'namesakes',
  'id',
] as const;

/**
 * active: somebody can sign in. reset_required: somebody could, but for the hash. service: a program. Of names that differ in case only
 * one can sign in, that of the lowest id: the others are disabled, with `username_collision`.
 */
export const staffStatus: Transform = {
  name: 'staffStatus',
  apply: (...inputs) => {
    const [credentialsId, hash, salt, password] = inputs;
    const [username, credentialsName, active, info, groups, namesakes, id] = inputs.slice(CREDENTIALS.length);
    const { scheme } = hashOf(credentialsId, hash, salt, password);
    const hasCollision = isTaken(username ?? '', id ?? '', namesakes);
    if (hasCollision) raiseFlag('username_collision');
    // the legacy system insists on the exact case
    const isMismatch = credentialsId != null && credentialsName !== username;
    if (isMismatch) raiseFlag('username_mismatch');
    if (hasCollision) return 'disabled';
    if (scheme === 'none' && isService(username ?? null, password ?? null)) return 'service';
    const mayTry = isActive(active ?? null, info ?? null) && groups != null && !isMismatch;
    if (!mayTry || scheme === 'none') return 'disabled';
    return SOUND.has(scheme) ? 'active' : 'reset_required';
  },
};

export function normalizedUsername(username: string): string {
  return username.normalize('NFKC').toLowerCase().trim();
}

/** `namesakes` are pairs of id and username of those who may sign in, by a coarser comparison, the account itself among them. */
function isTaken(username: string, id: string, namesakes: Text): boolean {
  if (namesakes == null) return false;
  const name = normalizedUsername(username);
  return (JSON.parse(namesakes) as [number, string][]).some(
    ([other, otherName]) => other < Number(id) && normalizedUsername(otherName) === name,
  );
}
