/** Everything that a migration of OpenEMR gets wrong easily, on both version lines: the row or the reject that each has to become. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { argon2id, argon2Verify, bcrypt, bcryptVerify } from 'hash-wasm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sourceFlavors } from '../support/databases.ts';
import { checkTrap } from '../support/openemr/check-trap.ts';
import {
  FIELD_KEY_BYTES,
  OPENEMR,
  openOpenemrCase,
  SERVICE_SCHEMAS,
  type OpenemrCase,
} from '../support/openemr/openemr-case.ts';
import { BCRYPT } from '../support/openemr/traps/trap-rows.ts';
import { TRAPS } from '../support/openemr/traps/index.ts';
import { occursIn } from '../support/openemr/traps/trap.ts';

const PASSWORD = 'correct horse, invented';

/** As OpenEMR may have kept it: bcrypt, argon2id, plain SHA-1. */
async function hashesOf(password: string): Promise<string[]> {
  const salt = Buffer.alloc(16, 3);
  const bcrypted = await bcrypt({ password, salt, costFactor: 4, outputType: 'encoded' });
  const argoned = await argon2id({
    password,
    salt,
    iterations: 1,
    parallelism: 1,
    memorySize: 64,
    hashLength: 24,
    outputType: 'encoded',
  });
  return [bcrypted.replace('$2a$', '$2y$'), argoned, createHash('sha1').update(password).digest('hex')];
}

/** Patients with accounts, and one of the staff, whose password is known. */
async function signInRows(): Promise<string[]> {
  const hashes = await hashesOf(PASSWORD);
  return [
    "SET SESSION sql_mode = ''",
    ...hashes.flatMap((hash, i) => [
      `INSERT INTO patient_data (pid, pubpid, fname, lname, allow_patient_portal) VALUES (88000000${i}, '88000000${i}', 'Signs', 'In', 'YES')`,
      `INSERT INTO patient_access_onsite (id, pid, portal_username, portal_login_username, portal_pwd, portal_pwd_status)
       VALUES (88000000${i}, 88000000${i}, 'signs.in.${i}', 'signs.in.${i}', '${hash}', 1)`,
    ]),
    "INSERT INTO users (id, username, authorized, active, fname, lname) VALUES (880000000, 'signs.in', 1, 1, 'Signs', 'In')",
    `INSERT INTO users_secure (id, username, password) VALUES (880000000, 'signs.in', '${hashes[0]}')`,
  ];
}

const ALL = Object.values(TRAPS).flat();

describe.each(sourceFlavors())('the profile openemr, from %s', (flavor) => {
  const version = flavor === 'mariadb' ? '8' : '5.0';
  let databases: OpenemrCase;
  let said = '';
  beforeAll(async () => {
    databases = await openOpenemrCase({ flavor, version, patients: 40, traps: ALL });
    await databases.sourceQuery((await signInRows()).join(';\n'));
    await databases.succeed('schema', OPENEMR);
    const loaded = await databases.run('bulk', OPENEMR);
    expect(loaded, loaded.stderr + loaded.stdout).toMatchObject({ exitCode: 0 });
    const diagnosed = await databases.run('diagnose', [...OPENEMR, '--explain']);
    const status = await databases.run('status', OPENEMR);
    said = [loaded, diagnosed, status].map(({ stdout, stderr }) => stdout + stderr).join('\n');
  });
  afterAll(() => databases[Symbol.asyncDispose]());

  it('lets who had a bcrypt or an argon2 hash sign in with the same password, and marks the weak for reset', async () => {
    const accounts = await databases.query<{ legacy_id: string; password_hash: string; status: string }>(
      'patient',
      `SELECT legacy_id, password_hash, status FROM patient.patient_account WHERE legacy_id LIKE '88000000_' ORDER BY 1`,
    );
    expect(accounts.map(({ status }) => status)).toEqual(['active', 'active', 'reset_required']);
    const [bcrypt, argon2] = accounts.map(({ password_hash: hash }) => hash);
    expect(await bcryptVerify({ password: PASSWORD, hash: bcrypt! })).toBe(true);
    expect(await argon2Verify({ password: PASSWORD, hash: argon2! })).toBe(true);
    expect(await bcryptVerify({ password: 'another', hash: bcrypt! })).toBe(false);
    const staff = await databases.query<{ password_hash: string }>(
      'doctor',
      "SELECT password_hash FROM doctor.staff_account WHERE username = 'signs.in'",
    );
    expect(staff).toHaveLength(1);
    expect(await bcryptVerify({ password: PASSWORD, hash: staff[0]!.password_hash })).toBe(true);
  });

  it('says no hash, no number of a person and no key anywhere, and keeps them in no other column [invariant 9]', async () => {
    const logs = path.join(databases.directory, 'logs');
    const written = fs.readdirSync(logs).map((file) => fs.readFileSync(path.join(logs, file), 'utf8'));
    const secrets = [...(await hashesOf(PASSWORD)), BCRYPT, PASSWORD, FIELD_KEY_BYTES.toString('hex')];
    for (const text of [said, ...written])
      expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
    for (const schema of SERVICE_SCHEMAS) {
      const rejected = await databases.query(
        schema,
        `SELECT mapping FROM transfuse.rejects WHERE row_data::text ~ '[$](2y|2a|argon2id?|6|SHA1)[$]'`,
      );
      expect(rejected).toEqual([]);
      const tables = await databases.query<{ name: string }>(
        schema,
        `SELECT attrelid::regclass::text AS name FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
         WHERE relnamespace = $1::regnamespace AND relkind = 'r' AND attname = 'extra'`,
        [schema],
      );
      for (const { name } of tables) {
        const kept = await databases.query(
          schema,
          `SELECT legacy_id FROM ${name} WHERE extra::text ~ '[$](2y|argon2id|6|SHA1)[$]' OR extra::text LIKE '%' || $1 || '%'`,
          [(await hashesOf(PASSWORD))[2]],
        );
        expect(kept, name).toEqual([]);
      }
    }
  });

  describe.each(Object.entries(TRAPS))('%s', (_area, traps) => {
    const occurring = traps.filter((trap) => occursIn(trap, version));
    it.each(occurring)('$name', async ({ expected }) => {
      for (const expectation of expected) await checkTrap(databases, expectation);
    });
  });
});
