import fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  ddlFile,
  OPENEMR_VERSIONS,
  sourceColumns,
  type OpenemrVersion,
} from '../support/openemr/source-tables.ts';
import { FrontDesk } from '../support/openemr/workload/front-desk.ts';
import { readOpening } from '../support/openemr/workload/opening.ts';

const DESKS = 3;
/** So many are enough for every table, and for what is rare. */
const TRANSACTIONS = 12_000;
/** What is written once, by the installation or an upgrade of it. */
const NEVER_CHANGED = ['version'];
const STATEMENT = /^(INSERT|UPDATE|DELETE)(?: IGNORE)?(?: INTO| FROM)? `?(\w+)`?/;
const LITERAL = /NULL|'(?:[^'\\]|\\.)*'|x'[0-9a-f]*'|-?\d+(?:\.\d+)?|[()]/gs;

const opening = (version: OpenemrVersion) => readOpening({ query: async () => [{ n: 100 }] }, version);

const days = new Map<string, readonly string[]>();

async function day(version: OpenemrVersion, desk: number): Promise<readonly string[]> {
  const name = `${version} ${desk}`;
  const known = days.get(name) ?? (await work(version, desk));
  days.set(name, known);
  return known;
}

async function work(version: OpenemrVersion, desk: number, seed = 1): Promise<string[]> {
  const options = { desk, desks: DESKS, opening: await opening(version), version, seed };
  const script = new FrontDesk(options);
  return Array.from({ length: TRANSACTIONS }, () => JSON.stringify(script.next()));
}

async function statements(version: OpenemrVersion, desk: number): Promise<string[]> {
  return (await day(version, desk)).flatMap(
    (transaction) => (JSON.parse(transaction) as { statements: string[] }).statements,
  );
}

/** `table INSERT` and so on: every kind of change of every table. */
function kindsOf(sql: readonly string[]): Set<string> {
  return new Set(
    sql.map((statement) => {
      const [, verb, table] = STATEMENT.exec(statement)!;
      return `${table} ${verb}`;
    }),
  );
}

/** Of the tables whose rows have a number of their own, the column that it is in. */
function numbered(version: OpenemrVersion): Map<string, string> {
  const ddl = fs.readFileSync(ddlFile(version), 'utf8');
  const tables = ddl.matchAll(/^CREATE TABLE `?(\w+)`? \(\n(.*?)^\)/gms);
  const keys = Array.from(tables, ([, table, body]) => [table!, /PRIMARY KEY \((\w+)\)/.exec(body!)?.[1]]);
  return new Map([
    ...(keys.filter(([, column]) => column !== undefined) as [string, string][]),
    ['patient_data', 'pid'],
  ]);
}

/** The values of one column in all rows of an INSERT statement. */
function inserted(statement: string, column: string): string[] {
  const [head, values] = statement.split(/ VALUES /s) as [string, string];
  const columns = head.slice(head.indexOf('(')).replaceAll(/[()`]/g, '').split(',');
  const tokens = Array.from(values.matchAll(LITERAL), ([token]) => token).filter(
    (token) => !'()'.includes(token),
  );
  const first = columns.indexOf(column);
  return tokens.filter((_, place) => place % columns.length === first);
}

describe.each(OPENEMR_VERSIONS)('a desk of an OpenEMR %s', (version) => {
  it('does the same every day, and another than its neighbour and than with another seed', async () => {
    const first = await day(version, 1);
    expect(await work(version, 1)).toEqual(first);
    expect(await day(version, 2)).not.toEqual(first);
    expect(await work(version, 1, 2)).not.toEqual(first);
  });

  it('inserts into, updates and deletes from every table', async () => {
    const kinds = kindsOf(await statements(version, 0));
    const missing = [...sourceColumns(version).keys()]
      .filter((table) => !NEVER_CHANGED.includes(table))
      .flatMap((table) => ['INSERT', 'UPDATE', 'DELETE'].map((verb) => `${table} ${verb}`))
      .filter((kind) => !kinds.has(kind));
    expect(missing).toEqual([]);
  });

  it('changes no table that the version does not have', async () => {
    const tables = [...kindsOf(await statements(version, 0))].map((kind) => kind.split(' ')[0]!);
    expect(tables.filter((table) => !sourceColumns(version).has(table))).toEqual([]);
  });

  it('gives a new row a number that nobody else gives', async () => {
    const keys = numbered(version);
    const given = new Map<string, number>();
    for (let desk = 0; desk < DESKS; desk++) {
      for (const statement of await statements(version, desk)) {
        const [, verb, table] = STATEMENT.exec(statement)!;
        const column = keys.get(table!);
        if (verb !== 'INSERT' || column === undefined) continue;
        for (const value of inserted(statement, column)) {
          const key = `${table} ${value}`;
          given.set(key, (given.get(key) ?? 0) + 1);
        }
      }
    }
    expect(given.size).toBeGreaterThan(TRANSACTIONS);
    expect([...given].filter(([key, times]) => times > 1 || !/ \d{3,}$/.test(key))).toEqual([]);
  });

  it.each([
    ['a patient with all rows in one transaction', /INSERT INTO `patient_data`.*INSERT INTO `history_data`/],
    ['a patient who is deleted, and orders that are left', /UPDATE `pnotes`.*DELETE FROM `patient_data`/],
    ['two patients who become one', /UPDATE IGNORE `procedure_order` SET `patient_id`/],
    ['a patient who gets another number', /UPDATE `patient_data` SET .*`pid` = /],
    ['an appointment with several providers', /(?:INSERT INTO `openemr_postcalendar_events`.*?){2,}/],
    ['a series that is split', /SET `pc_endDate` = '[^']*' WHERE[^"]*","INSERT INTO `openemr_post/],
    ['an exception of a series, with the appointment instead', /exdate.*INSERT INTO `openemr_post/],
    ['a recurrence that cannot be read', /SET `pc_recurrspec` = (?:NULL|''|'O:8|'a:1:)/],
    ['a check-in', /INSERT INTO `patient_tracker_element`.*`pc_apptstatus` = '@'/],
    ['a visit with its forms', /INSERT INTO `form_encounter`.*INSERT INTO `forms`/],
    ['a deleted form', /UPDATE `forms` SET `deleted` = 1/],
    ['a transaction that is taken back', /"isRolledBack":true/],
    ['a zero date', /0000-00-00/],
    ['a date known in part', /1999-05-00/],
    [
      'nothing in a column of numbers',
      /`(?:interval|occurrence|outcome|facility_id|supervisor_id|providerID|weight|temperature)` = ''/,
    ],
    ['a reference to nothing', /987654321/],
    ['U+0000', String.raw`nul\\\\0`],
    ['HTML', /<script>/],
    ['a time beyond midnight', /'24:30:00'/],
    ['an option that nobody has defined', /klingon/],
  ])('has %s', async (_, pattern) => {
    const matches = new RegExp(pattern);
    expect((await day(version, 0)).some((transaction) => matches.test(transaction))).toBe(true);
  });
});
