import { beforeEach, describe, expect, it } from 'vitest';
import { beginRow, raisedFlags } from '../../src/mapping/row-notes.ts';
import {
  staffHash,
  staffSalt,
  staffScheme,
  staffStatus,
} from '../../src/profiles/openemr/doctor/account-status.ts';

const BCRYPT = `$2y$10$${'a'.repeat(53)}`;
const SHA1 = '0'.repeat(40);
const MD5 = '0'.repeat(32);

interface Account {
  credentialsId?: string | null;
  hash?: string | null;
  salt?: string | null;
  password?: string | null;
  username?: string;
  credentialsName?: string | null;
  active?: string;
  info?: string | null;
  groups?: string | null;
  namesakes?: string | null;
  id?: string;
}

function credentials({ credentialsId = '7', hash = BCRYPT, salt = null, password = '' }: Account) {
  return [credentialsId, hash, salt, password] as const;
}

function statusOf(account: Account = {}): string | null {
  const { username = 'ann', credentialsName = username, active = '1', info = '', id = '7' } = account;
  const { groups = '["Default"]', namesakes = null } = account;
  return staffStatus.apply(
    ...credentials(account),
    username,
    credentialsName,
    active,
    info,
    groups,
    namesakes,
    id,
  );
}

describe('the hash of an account', () => {
  it('is that of the credentials', () => {
    expect(staffHash.apply(...credentials({ password: MD5 }))).toBe(BCRYPT);
    expect(staffScheme.apply(...credentials({}))).toBe('bcrypt');
  });

  it('is that of the user only where there are no credentials, and only where it is one', () => {
    const none = { credentialsId: null, hash: null };
    expect(staffHash.apply(...credentials({ ...none, password: SHA1 }))).toBe(SHA1);
    expect(staffScheme.apply(...credentials({ ...none, password: MD5 }))).toBe('md5-hex');
    expect(staffScheme.apply(...credentials({ hash: '', password: MD5 }))).toBe('none');
    for (const password of ['NoLogin', 'NoLongerUsed', '', null]) {
      expect(staffScheme.apply(...credentials({ ...none, password }))).toBe('none');
      expect(staffHash.apply(...credentials({ ...none, password }))).toBeNull();
    }
  });

  it('is nothing where it is a password in plain text', () => {
    expect(staffScheme.apply(...credentials({ hash: 'swordfish' }))).toBe('unknown');
    expect(staffHash.apply(...credentials({ hash: 'swordfish' }))).toBeNull();
  });

  it('has its salt beside it only where it does not hold it', () => {
    expect(staffSalt.apply(...credentials({ hash: `$SHA1$${SHA1}`, salt: '$SHA1$pepper' }))).toBe(
      '$SHA1$pepper',
    );
    expect(staffSalt.apply(...credentials({ salt: `${BCRYPT.slice(0, 29)}$` }))).toBeNull();
  });
});

describe('the status of an account', () => {
  beforeEach(beginRow);

  it('is active with a sound hash, a group and a user who has not gone', () => {
    expect(statusOf()).toBe('active');
    expect(statusOf({ groups: null })).toBe('disabled');
    expect(statusOf({ active: '0' })).toBe('disabled');
    expect(statusOf({ info: 'Inactive' })).toBe('disabled');
    expect(statusOf({ hash: '' })).toBe('disabled');
    expect(raisedFlags()).toEqual([]);
  });

  it('asks for a new password where the hash is weak, broken or none', () => {
    expect(statusOf({ hash: 'swordfish' })).toBe('reset_required');
    expect(statusOf({ salt: `${BCRYPT.slice(0, 28)}$` })).toBe('reset_required');
    expect(statusOf({ credentialsId: null, hash: null, credentialsName: null, password: SHA1 })).toBe(
      'reset_required',
    );
  });

  it('is a service for programs, whether switched on or not, unless they have a password', () => {
    const program = { credentialsId: null, hash: null, credentialsName: null, groups: null, active: '0' };
    expect(statusOf({ ...program, password: 'NoLogin' })).toBe('service');
    expect(statusOf({ ...program, username: 'portal-user' })).toBe('service');
    expect(statusOf({ username: 'portal-user' })).toBe('active');
  });

  it('is disabled where credentials and user differ in case', () => {
    expect(statusOf({ username: 'Ann', credentialsName: 'ann' })).toBe('disabled');
    expect(raisedFlags()).toEqual(['username_mismatch']);
  });

  it('leaves a name to the account with the lowest id', () => {
    const namesakes = JSON.stringify([
      [7, 'ann'],
      [9, 'ＡＮＮ'],
      [8, 'ánn'],
    ]);
    expect(statusOf({ namesakes })).toBe('active');
    expect(statusOf({ username: 'ánn', id: '8', namesakes })).toBe('active');
    expect(raisedFlags()).toEqual([]);
    expect(statusOf({ username: 'ＡＮＮ', id: '9', namesakes })).toBe('disabled');
    expect(raisedFlags()).toEqual(['username_collision']);
  });

  it('is disabled without credentials, by whatever name', () => {
    expect(statusOf({ credentialsId: null, hash: null, credentialsName: null })).toBe('disabled');
  });
});
