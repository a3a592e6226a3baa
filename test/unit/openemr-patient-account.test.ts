/** Whether an account of the portal works, and under what name. */
import { describe, expect, test } from 'vitest';
import {
  altUsername,
  username,
  usernameNormalized,
} from '../../src/profiles/openemr/patient/account-names.ts';
import {
  accountStatus,
  failedAttempts,
  mustChangePassword,
  passwordHash,
  passwordSalt,
} from '../../src/profiles/openemr/patient/account-status.ts';
import { applied, clean } from '../support/applied.ts';

const BCRYPT = '$2y$10$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01234';
const SHA1 = 'a9993e364706816aba3e25717850c26c9cd0d89d';
const SALTED = { hash: `$SHA1$${SHA1}`, salt: '$SHA1$abc' };
const TOKEN = `${'0f'.repeat(16)}123456`;

interface Account {
  password?: string | null;
  set?: string | null;
  token?: string | null;
  consent?: string | null;
  namesake?: string | null;
  salt?: string | null;
}

const status = (account: Account) => {
  const {
    password = BCRYPT,
    set = '1',
    token = null,
    consent = 'YES',
    namesake = null,
    salt = null,
  } = account;
  return applied(accountStatus, password, set, token, consent, '7', namesake, salt);
};

describe('the status of an account', () => {
  test.each<[string, Account, string]>([
    ['works', {}, 'active'],
    ['works, being the first of its name', { namesake: '7' }, 'active'],
    ['was set by staff', { set: '0' }, 'pending_activation'],
    ['has no status', { set: null }, 'pending_activation'],
    ['is being activated', { token: TOKEN }, 'pending_activation'],
    ['is being activated, without a password yet', { token: TOKEN, password: '' }, 'pending_activation'],
    [
      'is being activated, with a temporary password',
      { token: TOKEN, password: 'Temp-4711' },
      'pending_activation',
    ],
    ['has an empty token', { token: ' ' }, 'active'],
    ['has no password', { password: '' }, 'disabled'],
    ['was set by staff without a password', { set: '0', password: null }, 'disabled'],
    ['is weak', { password: SHA1 }, 'reset_required'],
    ['is weak and salted', { password: SALTED.hash, salt: SALTED.salt }, 'reset_required'],
    ['was never consented to', { consent: '' }, 'disabled'],
    ['was forbidden', { consent: 'NO', token: TOKEN }, 'disabled'],
    ['has no patient', { consent: null }, 'disabled'],
    ['was consented to in small letters', { consent: 'yes' }, 'active'],
  ])('that %s', (_what, account, result) => {
    expect(status(account)).toEqual(clean(result));
  });

  test('that is the second of its name is disabled, with a flag', () => {
    expect(status({ namesake: '3' })).toEqual({
      result: 'disabled',
      flags: ['username_collision'],
      kept: {},
    });
  });

  test('whose password is no hash is flagged', () => {
    expect(status({ password: 'swordfish' })).toEqual({
      result: 'reset_required',
      flags: ['password_hash_invalid'],
      kept: {},
    });
  });
});

test('only hashes are carried over, and salts only where the hash does not hold them', () => {
  expect(applied(passwordHash, BCRYPT, `${BCRYPT.slice(0, 29)}$`)).toEqual(clean(BCRYPT));
  expect(applied(passwordHash, 'Temp-4711')).toEqual(clean(null));
  expect(applied(passwordHash, '')).toEqual(clean(null));
  expect(applied(passwordSalt, BCRYPT, `${BCRYPT.slice(0, 29)}$`)).toEqual(clean(null));
  expect(applied(passwordSalt, SALTED.hash, SALTED.salt)).toEqual(clean(SALTED.salt));
});

test('what staff set has to be changed', () => {
  expect(applied(mustChangePassword, '1')).toEqual(clean('f'));
  expect(applied(mustChangePassword, '0')).toEqual(clean('t'));
  expect(applied(mustChangePassword, null)).toEqual(clean('t'));
});

test.each([
  [null, '0'],
  ['3', '3'],
  ['-3', '0'],
  ['9999999999', '2147483647'],
])('%j failures are %j', (count, result) => {
  expect(applied(failedAttempts, count)).toEqual(clean(result));
});

describe('the name of an account', () => {
  test('is what the patient types, else what was generated', () => {
    expect(applied(username, ' me@mail.example', 'Ana7')).toEqual(clean('me@mail.example'));
    expect(applied(username, '', 'Ana7')).toEqual(clean('Ana7'));
    expect(applied(username, null, ' ')).toBe('not_null');
    expect(applied(altUsername, 'me@mail.example', 'Ana7')).toEqual(clean('Ana7'));
    expect(applied(altUsername, 'Ana7', 'Ana7')).toEqual(clean(null));
    expect(applied(altUsername, '', 'Ana7')).toEqual(clean(null));
  });

  test('is compared without case and width', () => {
    expect(applied(usernameNormalized, 'ÅSA@Mail.example', null)).toEqual(clean('åsa@mail.example'));
    expect(applied(usernameNormalized, 'Ａna', null)).toEqual(clean('ana'));
  });
});
