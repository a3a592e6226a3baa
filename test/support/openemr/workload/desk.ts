/** One desk of the practice: its ids, its clock, what it remembers, and how it writes statements. */
import { createHash } from 'node:crypto';
import { clock, day } from '../../../demo/clinic/sql-values.ts';
import type { Random } from '../../../demo/clinic/random.ts';
import { TODAY } from '../calendar-days.ts';
import type { AddRow, Counters, Site } from '../counters.ts';
import { InsertBatches } from '../insert-batches.ts';
import type { Person } from '../people.ts';
import type { SourceRow } from '../source-row.ts';
import type { OpenemrVersion } from '../source-tables.ts';
import { FIRST_NAMES, LAST_NAMES } from '../vocabulary.ts';
import { DeskIds } from './desk-ids.ts';
import { someReference } from './dirt.ts';
import type { Opening } from './opening.ts';
import { Recent } from './recent.ts';
import { Statements } from './statements.ts';

/** What is done at a desk in one go, as statements; none where the version has nothing of the kind. */
export type Act = (desk: Desk) => string[];

/** Acts with how often each happens beside the others. */
export type Shares = readonly (readonly [share: number, act: Act])[];

export interface Appointment {
  eid: number;
  pid: number;
  /** Of `day()`. */
  on: number;
  time: string;
  doctor: number;
  facility: number;
}

export interface Visit {
  id: number;
  encounter: number;
  pid: number;
  on: number;
}

const SECONDS_PER_TRANSACTION = 20;
const OPENS_AT_MINUTE = 480;
const MINUTES_OPEN = 600;
const FIRST_DOCTOR = 10;
const FIRST_FACILITY = 3;

export class Desk {
  readonly version: OpenemrVersion;
  readonly random: Random;
  readonly ids: DeskIds;
  readonly opening: Opening;
  readonly sql: Statements;
  readonly site: Site;
  readonly appointments = new Recent<Appointment>();
  readonly visits = new Recent<Visit>();
  #transactions = 0;

  constructor(desk: number, desks: number, opening: Opening, version: OpenemrVersion, random: Random) {
    this.version = version;
    this.random = random;
    this.opening = opening;
    this.ids = new DeskIds(desk, desks, opening, random);
    this.sql = new Statements(version, () => this.now());
    this.site = siteOf(opening, version);
  }

  /** A desk's time is made of what it has done: it is the same in every run. */
  tick(): void {
    this.#transactions++;
  }

  /** Of `day()`. */
  get today(): number {
    return TODAY + Math.floor(this.#minutes() / MINUTES_OPEN);
  }

  now(): string {
    return `${day(this.today)} ${clock(OPENS_AT_MINUTE + (this.#minutes() % MINUTES_OPEN))}`;
  }

  /** INSERT statements of the rows that the generator's row makers add. */
  rows(make: (add: AddRow, counters: Counters) => void): string[] {
    const batches = new InsertBatches(this.version);
    make((table, row) => batches.add(table, withOwnUuid(row)), this.ids.counters);
    return [...batches.rest()];
  }

  /** One that is known, or now and then nobody. */
  patient(): number {
    return someReference(this.random, this.ids.known('patient_data'));
  }

  /** For the row makers, which want a name besides. It need not be the patient's. */
  person(): Person {
    const { random } = this;
    return {
      pid: this.patient(),
      fname: random.pick(FIRST_NAMES),
      lname: random.pick(LAST_NAMES),
      registered: this.today - random.between(1, 2000),
    };
  }

  doctor(): number {
    return someReference(this.random, this.random.percent(10) ? this.ids.known('users') : this.#anyDoctor());
  }

  facility(): number {
    return someReference(this.random, this.random.pick(this.site.facilities));
  }

  /** With its patient where this desk has seen it; else of whom it belongs to nothing is known. */
  visit(): Visit {
    const recent = this.random.percent(80) ? this.visits.pick(this.random) : undefined;
    return (
      recent ?? {
        id: this.ids.known('form_encounter'),
        encounter: this.ids.known('encounter'),
        pid: this.patient(),
        on: this.today - this.random.below(900),
      }
    );
  }

  #anyDoctor(): number {
    return this.random.pick(this.site.doctors);
  }

  #minutes(): number {
    return Math.floor((this.#transactions * SECONDS_PER_TRANSACTION) / 60);
  }
}

/** One that no other row has: random ones would be the same in two of so many rows, sooner or later. */
function withOwnUuid(row: SourceRow): SourceRow {
  if (!(row['uuid'] instanceof Uint8Array)) return row;
  return { ...row, uuid: createHash('md5').update(JSON.stringify(row)).digest() };
}

/** As the generator numbers them. A few of those whom it gives patients here are clerks, as in a practice. */
function siteOf(opening: Opening, version: OpenemrVersion): Site {
  return {
    version,
    doctors: range(FIRST_DOCTOR, opening.users),
    facilities: range(FIRST_FACILITY, opening.facility),
    // Between two insurers are the address and the telephone of the first.
    insurers: range(1, opening.insurance_companies).filter((id) => id % 3 === 1),
    documentCategories: range(2, Math.min(4, opening.categories)),
    labs: range(1, opening.procedure_providers),
  };
}

/** At least the first. */
function range(first: number, last: number): number[] {
  return Array.from({ length: Math.max(1, last - first + 1) }, (_, index) => first + index);
}
