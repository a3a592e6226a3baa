/**
 * What the front desk of the clinic does all day: one script for each desk. The desks share the patients among themselves by
 * number and give new rows numbers out of ranges of their own, so that each does the same in every run, whatever the others do.
 */
import { addCare } from '../clinic/care.ts';
import { addPatient } from '../clinic/people.ts';
import { isUnremarkable } from '../clinic/planted.ts';
import { Random } from '../clinic/random.ts';
import { addRecords } from '../clinic/records.ts';
import type { AddRow, Counters } from '../clinic/rows.ts';
import { clock, day, text } from '../clinic/sql-values.ts';
import { insertInto } from '../clinic/tables.ts';
import { CITIES, encodedTwice, LAST_NAMES, NOTES, REASONS } from '../clinic/vocabulary.ts';
import type { Script, Transaction } from './workload.ts';

/** The highest numbers in the clinic when its doors open. */
export interface ClinicNumbers extends Counters {
  readonly patients: number;
}

/** Numbers for the new rows of one desk, in each table. */
const RANGE = 1_000_000;
const SEED = 0xde5c;
/** New patients and appointments that a desk remembers, to come back to them. */
const REMEMBERED = 64;
/** The day of the legacy system on which the demo takes place. */
const TODAY = 8000;

export class FrontDesk implements Script {
  readonly #desk: number;
  readonly #desks: number;
  readonly #opening: ClinicNumbers;
  readonly #random: Random;
  readonly #counters: Counters;
  #pid: number;
  readonly #newPatients: number[] = [];
  readonly #newAppointments: number[] = [];
  readonly #acts: readonly (() => Transaction)[];

  constructor(desk: number, desks: number, opening: ClinicNumbers) {
    this.#desk = desk;
    this.#desks = desks;
    this.#opening = opening;
    this.#random = new Random(SEED + desk);
    const first = (highest: number) => highest + desk * RANGE;
    this.#pid = first(opening.patients);
    this.#counters = {
      doctors: opening.doctors,
      insurance: first(opening.insurance),
      appointments: first(opening.appointments),
      encounters: first(opening.encounters),
      prescriptions: first(opening.prescriptions),
      documents: first(opening.documents),
      referrals: first(opening.referrals),
    };
    const shares: readonly (readonly [share: number, act: () => Transaction])[] = [
      [8, () => this.#register()],
      [24, () => this.#book()],
      [18, () => this.#move()],
      [10, () => this.#cancel()],
      [16, () => this.#updateDemographics()],
      [9, () => this.#strikeOut()],
      [4, () => this.#removeDuplicate()],
      [4, () => this.#changeDoctor()],
      [3, () => this.#renumber()],
      [2, () => this.#changeRooms()],
      [1, () => this.#swapLicenses()],
      [1, () => ({ ...this.#changeRooms(), isRolledBack: true })],
    ];
    this.#acts = shares.flatMap(([share, act]) => Array.from({ length: share }, () => act));
  }

  next(): Transaction {
    return this.#random.pick(this.#acts)();
  }

  /** With everything that hangs on a patient, in one transaction; and with the dirt that the program has always let pass. */
  #register(): Transaction {
    do this.#pid++;
    while (!isUnremarkable(this.#pid));
    const pid = this.#pid;
    const rows = new Map<Parameters<AddRow>[0], string[]>();
    const add: AddRow = (table, values) => {
      rows.set(table, [...(rows.get(table) ?? []), `(${values})`]);
    };
    const random = new Random(pid);
    addPatient(add, pid, random, this.#counters);
    addCare(add, pid, random, this.#counters);
    addRecords(add, pid, random, this.#counters);
    remember(this.#newPatients, pid);
    return { statements: [...rows].map(([table, values]) => insertInto(table) + values.join(',')) };
  }

  #book(): Transaction {
    const pid = this.#patient();
    // A clinic of a few patients has none for every desk.
    if (pid === null) return this.#register();
    const rows = Array.from({ length: this.#random.between(1, 3) }, () => {
      const id = ++this.#counters.appointments;
      remember(this.#newAppointments, id);
      const { on, from, to } = this.#slot();
      const reason = text(this.#random.pick(REASONS));
      return `(${id},${pid},${this.#doctor()},${on},${from},${to},'booked',${reason},'R1',${this.#random.below(3)})`;
    });
    return { statements: [insertInto('appointments') + rows.join(',')] };
  }

  #move(): Transaction {
    const { on, from, to } = this.#slot();
    return this.#change(
      'appointments',
      `\`Date\` = ${on}, \`start\` = ${from}, \`end\` = ${to}`,
      `id = ${this.#appointment()}`,
    );
  }

  #cancel(): Transaction {
    const reason = text(this.#random.pick(REASONS));
    return this.#change(
      'appointments',
      `status = 'cancelled', reason = ${reason}`,
      `id = ${this.#appointment()}`,
    );
  }

  /** Now and then with a new name, which the trigger of the source notes in audit_log. */
  #updateDemographics(): Transaction {
    const random = this.#random;
    const name = random.pick(LAST_NAMES);
    const changes = [
      `phone = ${text(random.percent(20) ? '' : `+00 555 ${random.between(100_000, 999_999)}`)}`,
      `city = ${text(random.pick(CITIES))}`,
      `notes = ${text(random.pick(NOTES))}`,
      `balance = balance + ${random.between(-5000, 5000)} / 100`,
      `consents = b'${random.below(256).toString(2)}'`,
      ...(random.percent(20) ? [`lname = ${text(random.percent(10) ? encodedTwice(name) : name)}`] : []),
      ...(random.percent(3) ? [`\`DOB\` = '0000-00-00'`] : []),
    ];
    return this.#change('Patient_Data', changes.join(', '), `pid = ${this.#patient()}`);
  }

  #strikeOut(): Transaction {
    return { statements: [`DELETE FROM appointments WHERE id = ${this.#appointment()}`] };
  }

  /**
   * A patient who was registered twice: some of the rows go by statements, and the rest by ON DELETE CASCADE, of which
   * MariaDB's binlog has nothing. Only new ones, so that nothing refers to who is gone.
   */
  #removeDuplicate(): Transaction {
    const pid = this.#newPatients.pop();
    if (pid === undefined) return this.#register();
    const owned = ['insurance', 'prescriptions', 'documents', 'referrals', 'encounters', 'Patient_Data'];
    return { statements: owned.map((table) => `DELETE FROM \`${table}\` WHERE pid = ${pid}`) };
  }

  /** The doctor is a part of the key. */
  #changeDoctor(): Transaction {
    return this.#change('patient_doctor', `doctor_id = ${this.#doctor()}`, `pid = ${this.#patient()}`);
  }

  #renumber(): Transaction {
    const id = ++this.#counters.appointments;
    return this.#change('appointments', `id = ${id}`, `id = ${this.#appointment()}`);
  }

  /** Of all of a doctor's appointments: many rows by one statement. */
  #changeRooms(): Transaction {
    const room = text(this.#random.pick(['R1', 'R2', 'É-3', '']));
    return this.#change('appointments', `room = ${room}`, `doctor_id = ${this.#doctor()}`);
  }

  /** Of two doctors of this desk, through a third value: the license is unique. */
  #swapLicenses(): Transaction {
    const [one, other] = [1 + this.#desk * 2, 2 + this.#desk * 2];
    const give = (license: string, id: number) => `UPDATE doctors SET license = ${license} WHERE id = ${id}`;
    return {
      statements: [
        `SET @one = (SELECT license FROM doctors WHERE id = ${one})`,
        `SET @other = (SELECT license FROM doctors WHERE id = ${other})`,
        give(text(`*${this.#desk}`), other),
        give('@other', one),
        give('@one', other),
      ],
    };
  }

  #change(table: string, changes: string, where: string): Transaction {
    return { statements: [`UPDATE \`${table}\` SET ${changes} WHERE ${where}`] };
  }

  #slot(): { on: string; from: string; to: string } {
    const start = this.#random.between(420, 1080);
    return {
      on: text(day(TODAY + this.#random.below(200))),
      from: text(clock(start)),
      to: text(clock(start + this.#random.pick([10, 15, 30]))),
    };
  }

  #doctor(): number {
    return this.#random.between(1, this.#opening.doctors);
  }

  /** One whose rows all can be loaded: what was planted has to stay as it was. */
  #patient(): number | null {
    return this.#known(this.#opening.patients, this.#newPatients, isUnremarkable);
  }

  #appointment(): number | null {
    return this.#known(this.#opening.appointments, this.#newAppointments, () => true);
  }

  /** Of this desk's share of the old ones, or a new one. */
  #known(highest: number, recent: readonly number[], mayBe: (id: number) => boolean): number | null {
    if (recent.length > 0 && this.#random.percent(40)) return this.#random.pick(recent);
    for (let tries = 0; tries < 10; tries++) {
      const id = 1 + this.#random.below(Math.ceil(highest / this.#desks)) * this.#desks + this.#desk;
      if (id <= highest && mayBe(id)) return id;
    }
    return recent[0] ?? null;
  }
}

function remember(recent: number[], id: number): void {
  recent.push(id);
  if (recent.length > REMEMBERED) recent.shift();
}
