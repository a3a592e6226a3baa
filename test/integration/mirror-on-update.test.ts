import { expect, it } from 'vitest';
import { mirrorSchema } from '../../src/profiles/mirror/ddl/mirror-schema.ts';
import { createSchema } from '../../src/schema/create-schema.ts';
import { createTargetDatabase } from '../support/databases.ts';
import {
  mirrorOptions,
  sourceCatalog,
  sourceColumn,
  sourceIndex,
  sourceTable,
} from '../support/source-catalog.ts';
import { targetSettings } from '../support/target-settings.ts';

const LONG_AGO = '2001-01-01 00:00:00';

it('a column with ON UPDATE CURRENT_TIMESTAMP moves as in MySQL, in the source’s own time zone', async () => {
  await using target = await createTargetDatabase();
  const table = sourceTable(
    'visit',
    [
      sourceColumn('id', 'int(11)', { nullable: false, autoIncrement: true }),
      sourceColumn('note', 'text'),
      sourceColumn('changed', 'datetime', { onUpdateCurrentTimestamp: true }),
    ],
    { indexes: [sourceIndex('PRIMARY', ['id'])] },
  );
  const schemaPlan = mirrorSchema(sourceCatalog([table]), mirrorOptions({ timeZone: 'Asia/Tokyo' }));
  const settings = targetSettings(target.config, target.config.database);
  await createSchema({ settings, schemaPlan, connection: { applicationName: 'transfuse test' } });
  await target.query(`INSERT INTO visit (note, changed) VALUES ('a', '${LONG_AGO}')`);
  const changed = async (): Promise<string> =>
    (await target.query<{ text: string }>('SELECT changed::text AS text FROM visit'))[0]!.text;

  await target.query(`UPDATE visit SET note = 'a'`);
  expect(await changed()).toBe(LONG_AGO);
  await target.query(`UPDATE visit SET note = 'b', changed = '2002-02-02 00:00:00'`);
  expect(await changed()).toBe('2002-02-02 00:00:00');
  await target.query(`UPDATE visit SET note = 'c'`);
  const [row] = await target.query<{ seconds: number }>(
    `SELECT extract(epoch FROM (now() AT TIME ZONE 'Asia/Tokyo') - changed)::float AS seconds FROM visit`,
  );
  expect(Math.abs(row!.seconds)).toBeLessThan(30);
});

it('identities and sequences count on by themselves', async () => {
  await using target = await createTargetDatabase();
  const counted = (name: string, type: string) =>
    sourceTable(name, [
      sourceColumn('id', type, { nullable: false, autoIncrement: true }),
      sourceColumn('x', 'int(11)', { default: { kind: 'literal', value: '7' } }),
    ]);
  const source = sourceCatalog([
    counted('small', 'tinyint(1)'),
    counted('huge', 'bigint(20) unsigned'),
    counted('odd', 'double'),
  ]);
  const settings = targetSettings(target.config, target.config.database);
  const connection = { applicationName: 'transfuse test' };
  await createSchema({ settings, schemaPlan: mirrorSchema(source, mirrorOptions()), connection });
  for (const name of ['small', 'huge', 'odd']) {
    await target.query(`INSERT INTO ${name} DEFAULT VALUES`);
    await target.query(`INSERT INTO ${name} DEFAULT VALUES`);
    const rows = await target.query(`SELECT id::int AS id, x FROM ${name} ORDER BY id`);
    expect(rows).toEqual([
      { id: 1, x: 7 },
      { id: 2, x: 7 },
    ]);
  }
  await target.query('DROP TABLE huge');
  expect(await target.query(`SELECT 1 FROM pg_class WHERE relname = 'huge_id_seq'`)).toEqual([]);
});
