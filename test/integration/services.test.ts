/** One source, three services: the worked example of a profile, from its schemas to its sync. */
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decryptField, fieldKey } from '../../src/mapping/field-crypto.ts';
import { openBulkCase, type BulkCase } from '../support/bulk-case.ts';
import { queryTarget, type Row } from '../support/database-sessions.ts';
import { sourceFlavors } from '../support/databases.ts';
import { until } from '../support/run-command.ts';

const PRACTICE = path.resolve('test/support/practice');
const PROFILE = ['--profile', path.resolve('dist/test/support/practice/practice.js')];
const KEY_BYTES = Buffer.alloc(32, 7);
const FILL = [
  ...fs
    .readFileSync(path.join(PRACTICE, 'practice.sql'), 'utf8')
    .split(';\n')
    .filter((sql) => sql.includes('CREATE')),
  "INSERT INTO dentists VALUES (1, ' Dr. Ada Zahn ', 'left'), (2, 'Dr. Ben Biss', '')",
  `INSERT INTO clients VALUES (1, 'Anna Alt', '1950-02-03', 'f', '0170 1234567', 'A123456789', '38', 0), (2, 'Bert Neu', '0000-00-00', 'm', 'see wife', '', '', 1),
     (3, 'Cleo Quer', NULL, 'z', '', '', '', 0)`,
  `INSERT INTO bookings VALUES (1, 1, 1, '2026-01-02', 30, 'b', 'afraid of drills'), (2, 1, NULL, '2026-01-03', 15, 'x', ''),
     (3, 2, 2, '2026-01-04', 45, 'd', ''), (4, 2, 2, '2026-01-05', 0, 'd', '')`,
];

interface Practice extends BulkCase {
  query<Result extends Row = Row>(
    service: 'doctor' | 'patient' | 'appointment',
    sql: string,
  ): Promise<Result[]>;
}

/** The three databases beside one another; bin/schema makes those that are not there. */
async function openPractice(flavor: BulkCase['flavor']): Promise<Practice> {
  const names = {
    TARGET_DOCTOR_DB_NAME: '',
    TARGET_APPOINTMENT_DB_NAME: '',
    FIELD_KEY: KEY_BYTES.toString('hex'),
  };
  const practice = await openBulkCase({ flavor, sync: true, fill: FILL, changes: names });
  const { target } = practice;
  names.TARGET_DOCTOR_DB_NAME = `${target.database}_doctor`;
  names.TARGET_APPOINTMENT_DB_NAME = `${target.database}_appointment`;
  const databases = {
    patient: target.database,
    doctor: names.TARGET_DOCTOR_DB_NAME,
    appointment: names.TARGET_APPOINTMENT_DB_NAME,
  };
  const dispose = practice[Symbol.asyncDispose].bind(practice);
  return Object.assign(practice, {
    query: <Result extends Row = Row>(service: keyof typeof databases, sql: string) =>
      queryTarget<Result>({ ...target, database: databases[service] }, sql),
    [Symbol.asyncDispose]: async () => {
      await dispose();
      for (const name of [databases.doctor, databases.appointment])
        await queryTarget(
          { ...target, database: 'postgres' },
          `DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`,
        );
    },
  });
}

describe.each(sourceFlavors())('a profile of three services, from %s', (flavor) => {
  let practice: Practice;
  const command = (name: string, ...args: string[]) => practice.run(name, [...args, ...PROFILE]);
  beforeAll(async () => {
    practice = await openPractice(flavor);
  });
  afterAll(() => practice[Symbol.asyncDispose]());

  it('gets its databases and schemas from its scripts, and leaves alone what is there', async () => {
    const checked = await command('test-connection', '--target');
    expect(checked.stdout).toContain(`${practice.target.database}_appointment`);
    const printed = await command('schema', '--print');
    expect(printed.stdout).toContain(`\\connect "${practice.target.database}_doctor"`);
    const made = await command('schema');
    expect(made, made.stderr).toMatchObject({ exitCode: 0 });
    expect(made.stdout).toContain('Schema appointment: created from its script, 1 table.');
    const again = await command('schema');
    expect(again.stdout).toContain('Schema doctor: has 1 table already, left as they are.');
  });

  it('is loaded service by service, each with a ledger of its own, references and all [invariants 1, 5]', async () => {
    const doctors = await command('migrate-doctors');
    expect(doctors, doctors.stderr).toMatchObject({ exitCode: 0 });
    expect(doctors.stdout).not.toContain('clients');
    const all = await command('bulk', '--json');
    expect(all, all.stderr).toMatchObject({ exitCode: 5 });
    const { result } = JSON.parse(all.stdout) as {
      result: { databases: { services: string[]; mappings: object[] }[] };
    };
    expect(result.databases.map(({ services, mappings }) => [services, mappings])).toMatchObject([
      [['doctor'], [{ mapping: 'dentists', rowsRead: 2, rowsLoaded: 2, rowsNow: 0 }]],
      [['patient'], [{ mapping: 'clients', rowsRead: 3, rowsLoaded: 2, rowsRejected: 1 }]],
      [
        ['appointment'],
        [{ mapping: 'bookings', rowsRead: 4, rowsLoaded: 2, rowsFiltered: 1, rowsRejected: 1 }],
      ],
    ]);
    const patients = await practice.query('patient', 'SELECT * FROM patient.patient ORDER BY legacy_no');
    expect(patients).toMatchObject([
      {
        name: 'Anna Alt',
        sex: 'female',
        mobile: '01701234567',
        dq_flags: [],
        extra: { shoe_size: '38', gone: '0' },
      },
      {
        name: 'Bert Neu',
        date_of_birth: null,
        mobile: null,
        dq_flags: ['mobile_invalid'],
        extra: { mobile: 'see wife', gone: '1' },
      },
    ]);
    // Nobody but who has the key reads it, and the same value gives the same bytes.
    const [anna, bert] = patients as {
      insurance_no_ciphertext: Buffer | null;
      insurance_no_last3: string | null;
    }[];
    const context = { mapping: 'clients', column: 'insurance_no' };
    expect(decryptField(fieldKey(KEY_BYTES), context, anna!.insurance_no_ciphertext!)).toBe('A123456789');
    expect([anna!.insurance_no_last3, bert!.insurance_no_ciphertext]).toEqual(['*******789', null]);
    const doctorIds = await practice.query<{ id: string }>(
      'doctor',
      'SELECT id FROM doctor.doctor ORDER BY legacy_no',
    );
    expect(
      await practice.query('appointment', 'SELECT * FROM appointment.appointment ORDER BY local_date'),
    ).toMatchObject([
      {
        patient_id: patients[0]!['id'],
        doctor_id: doctorIds[0]!.id,
        status: 'booked',
        extra: { remark: 'afraid of drills' },
      },
      { patient_id: patients[1]!['id'], doctor_id: doctorIds[1]!.id, status: 'done', extra: {} },
    ]);
    const rejects = 'SELECT mapping, reason, column_name FROM transfuse.rejects';
    expect(await practice.query('patient', rejects)).toEqual([
      { mapping: 'clients', reason: 'transform_refused', column_name: 'sex' },
    ]);
    expect(await practice.query('appointment', rejects)).toMatchObject([
      { mapping: 'bookings', reason: 'check_violation' },
    ]);
  });

  it('is followed up in all its databases at once, each to its own checkpoint [invariant 4]', async () => {
    const sync = practice.start('sync', ['--continuous', ...PROFILE]);
    await practice.sourceQuery("UPDATE clients SET mobile = '0171 7654321', sex = 'm' WHERE no = 3");
    await practice.sourceQuery("UPDATE bookings SET state = 'b' WHERE no = 2");
    await practice.sourceQuery("UPDATE bookings SET state = 'x' WHERE no = 1");
    await practice.sourceQuery("INSERT INTO dentists VALUES (3, 'Dr. Cem Krone', 'right')");
    await practice.sourceQuery('UPDATE bookings SET dentist = 3 WHERE no = 3');
    await until('the last change to be there', async () => {
      const [row] = await practice.query<{ doctor_id: string }>(
        'appointment',
        "SELECT doctor_id FROM appointment.appointment WHERE status = 'done'",
      );
      const [doctor] = await practice.query<{ id: string }>(
        'doctor',
        'SELECT id FROM doctor.doctor WHERE legacy_no = 3',
      );
      const clients = await practice.query('patient', 'SELECT 1 FROM patient.patient');
      return doctor !== undefined && row?.doctor_id === doctor.id && clients.length === 3;
    });
    const status = await command('status', '--json');
    const { result } = JSON.parse(status.stdout) as { result: { databases: object[] } };
    expect(result.databases).toMatchObject(
      ['doctor', 'patient', 'appointment'].map((service) => ({
        services: [service],
        sync: { state: 'running' },
        checkpoint: {},
      })),
    );
    sync.kill('SIGTERM');
    const { exitCode, stderr } = await sync.ended;
    expect(exitCode, stderr).toBe(130);
    expect(stderr).toContain(`${practice.target.database}_appointment: `);
    expect(
      await practice.query(
        'patient',
        'SELECT mobile, sex, dq_flags FROM patient.patient WHERE legacy_no = 3',
      ),
    ).toEqual([{ mobile: '01717654321', sex: 'male', dq_flags: [] }]);
    // Cancelled since, and one that was cancelled and is on again.
    expect(
      await practice.query(
        'appointment',
        'SELECT local_date::text, status FROM appointment.appointment ORDER BY 1',
      ),
    ).toEqual([
      { local_date: '2026-01-03', status: 'booked' },
      { local_date: '2026-01-04', status: 'done' },
    ]);
  });

  it('stops in every database before a change that one of them cannot take, and says which', async () => {
    await practice.sourceQuery('ALTER TABLE bookings DROP COLUMN remark');
    const stopped = await command('sync', '--json');
    expect(stopped.exitCode, stopped.stderr).toBe(4);
    expect(JSON.parse(stopped.stdout)).toMatchObject({ code: 'CDC_SCHEMA_CHANGED' });
    expect(stopped.stdout).toContain('bookings');
  });
});

it('a profile that encrypts fields is of no use without their key, and the key is nowhere to be read [invariant 9]', async () => {
  await using practice = await openPractice('mariadb');
  const without = await practice.run('schema', PROFILE, { FIELD_KEY: '' });
  expect(without).toMatchObject({ exitCode: 2 });
  expect(without.stderr).toContain('openssl rand -hex 32');
  const wrong = await practice.run('schema', PROFILE, { FIELD_KEY: 'aabbcc' });
  expect(wrong).toMatchObject({ exitCode: 2 });
  expect(wrong.stderr).toContain('FIELD_KEY');
  expect(wrong.stderr).not.toContain('aabbcc');
  const file = path.join(practice.directory, 'field.key');
  fs.writeFileSync(file, `${KEY_BYTES.toString('hex')}\n`);
  const both = await practice.run('schema', PROFILE, { FIELD_KEY_FILE: file });
  expect(both.stderr).toContain('give one of them');
  await practice.succeed('schema', PROFILE);
  await practice.run('bulk', PROFILE);
  const logs = fs
    .readdirSync(path.join(practice.directory, 'logs'))
    .map((name) => fs.readFileSync(path.join(practice.directory, 'logs', name), 'utf8'));
  const ledgers = await practice.query(
    'patient',
    'SELECT r::text, l::text FROM transfuse.runs r, transfuse.loads l',
  );
  expect([...logs, JSON.stringify(ledgers)].join()).not.toContain(KEY_BYTES.toString('hex'));
});

it('names of entities that nobody knows, or that the profile has nothing for, are told from each other', async () => {
  await using practice = await openPractice('mariadb');
  const typo = await practice.run('bulk', ['patinets', ...PROFILE]);
  expect(typo).toMatchObject({ exitCode: 2 });
  expect(typo.stderr).toContain('Did you mean patients?');
  const none = await practice.run('bulk', ['medical-records', ...PROFILE]);
  expect(none).toMatchObject({ exitCode: 2 });
  expect(none.stderr).toContain('The profile practice has no mappings for medical-records.');
});
