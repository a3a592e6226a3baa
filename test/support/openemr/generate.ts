/**
 * A synthetic OpenEMR database as SQL: the same statements for the same version, size and seed, on every machine. Holds the rows of
 * some hundred patients at a time, however many there are.
 *
 * What it makes is as untidy as such a database is (dates known in part, names encoded twice, zero where nothing is meant), but nothing in it has to be rejected. What must be, and what is meant to be difficult, is in traps/.
 */
import { Random } from '../../demo/clinic/random.ts';
import { addBookings, addTracker } from './bookings.ts';
import { addChart } from './chart.ts';
import { Counters, type AddRow, type Site } from './counters.ts';
import { InsertBatches } from './insert-batches.ts';
import { addLabs } from './labs.ts';
import { addPapers } from './papers.ts';
import { addBelongings, addPatient } from './people.ts';
import { addSite } from './site.ts';
import type { OpenemrVersion } from './source-tables.ts';
import { addStaff } from './staff.ts';
import { addVisit } from './visits.ts';

export interface GenerateOptions {
  version: OpenemrVersion;
  patients: number;
  seed?: number;
}

/** As the application opens its connections; the traps and many rows need it. */
export const OPENEMR_SESSION = `SET SESSION sql_mode = '', time_zone = '+00:00'`;

const PATIENTS_AT_A_TIME = 100;

/**
 * INSERT statements of many rows each, for the tables of `ddlFile(version)`, on a session that ran `OPENEMR_SESSION`. Any order of
 * execution is right: nothing has a foreign key.
 */
export async function* generateOpenemr(options: GenerateOptions): AsyncGenerator<string> {
  const { version, patients, seed = 1 } = options;
  const batches = new InsertBatches(version);
  const counters = new Counters();
  const { add } = batches;
  const random = new Random(seed);
  const places = addSite(add, counters, version);
  const doctors = addStaff(add, counters, places.facilities, patients, random);
  const site = { version, doctors, ...places };
  for (let pid = 1; pid <= patients; pid++) {
    addOne(add, pid, site, new Random(Math.imul(seed, 0x01000193) ^ pid), counters);
    if (pid % PATIENTS_AT_A_TIME === 0) yield* batches.full();
  }
  yield* batches.rest();
}

function addOne(add: AddRow, pid: number, site: Site, random: Random, counters: Counters): void {
  const person = addPatient(add, pid, site, random);
  addBelongings(add, person, site, random, counters);
  const encounters: number[] = [];
  for (const booking of addBookings(add, person, site, random, counters)) {
    const wasSeen = booking.seen && random.percent(60);
    const encounter = wasSeen ? addVisit(add, booking, pid, site, random, counters) : 0;
    if (encounter > 0) encounters.push(encounter);
    if (booking.seen && random.percent(40)) addTracker(add, booking, pid, encounter, random, counters);
  }
  addChart(add, person, encounters, site, random, counters);
  addLabs(add, person, encounters, site, random, counters);
  addPapers(add, person, site, random, counters);
}
