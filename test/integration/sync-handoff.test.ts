import { describe, expect, it } from 'vitest';
import { openBulkCase } from '../support/bulk-case.ts';
import { objectDefinitions } from '../support/bulk-case-checks.ts';
import { until } from '../support/run-command.ts';

const TABLES = [
  'CREATE TABLE doctor (id INT PRIMARY KEY, license VARCHAR(20) UNIQUE)',
  'CREATE TABLE visit (id INT PRIMARY KEY, doctor_id INT, FOREIGN KEY (doctor_id) REFERENCES doctor (id))',
  "INSERT INTO doctor VALUES (1, 'A'), (2, 'B')",
  'INSERT INTO visit VALUES (1, 1), (2, 2)',
];

/** The first attempt to add a foreign key is chosen as the victim of a deadlock. */
const DEADLOCK_ONCE = `
  CREATE SEQUENCE public.attempts;
  CREATE FUNCTION public.deadlock_once() RETURNS event_trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF current_query() ILIKE '%FOREIGN KEY%' AND nextval('public.attempts') = 1 THEN
      RAISE EXCEPTION 'deadlock detected' USING ERRCODE = 'deadlock_detected';
    END IF;
  END $$;
  CREATE EVENT TRIGGER deadlock_once ON ddl_command_start WHEN TAG IN ('ALTER TABLE') EXECUTE FUNCTION public.deadlock_once()`;

describe('what sync puts back while changes go on', () => {
  it('comes back although its locks met those of the changes once [invariant 2]', async () => {
    await using clinic = await openBulkCase({ fill: TABLES, sync: true });
    await clinic.succeed('schema');
    const before = await objectDefinitions(clinic);
    const killed = await clinic.run('bulk', [], { TRANSFUSE_FAILPOINTS: 'bulk.after-run-recorded=kill' });
    expect(killed.signal).toBe('SIGKILL');
    await clinic.sourceQuery("UPDATE doctor SET license = concat(license, '!')");
    await clinic.succeed('bulk');
    await clinic.targetQuery(DEADLOCK_ONCE);

    const sync = clinic.start('sync', ['--continuous']);
    await until('everything to be back', async () => {
      if (!sync.isRunning) throw new Error(sync.stderr());
      const [row] = await clinic.targetQuery<{ away: string }>(
        "SELECT count(*) AS away FROM transfuse.saved_objects WHERE state <> 'restored'",
      );
      return row!.away === '0';
    });
    sync.kill('SIGTERM');
    const { exitCode, stderr } = await sync.ended;
    expect(exitCode, stderr).toBe(130);
    expect(stderr).toContain('Trying again');
    await clinic.targetQuery('DROP EVENT TRIGGER deadlock_once');
    expect(await objectDefinitions(clinic)).toEqual(before);
  });
});
