/**
 * What the practice does all day, at one of its desks: every table that a migration reads changes in every way that OpenEMR, its
 * portal and people with an SQL client change it. The same for the same seed, desk and opening, whatever the other desks and the
 * clock do.
 */
import { Random } from '../../../demo/clinic/random.ts';
import type { Script, Transaction } from '../../../demo/workload/workload.ts';
import type { OpenemrVersion } from '../source-tables.ts';
import { accountActs } from './accounts.ts';
import { belongingActs } from './belongings.ts';
import { blockActs } from './blocks.ts';
import { calendarActs } from './calendar.ts';
import { chartActs } from './chart.ts';
import { contactActs } from './contacts.ts';
import { credentialActs } from './credentials.ts';
import { Desk, type Act, type Shares } from './desk.ts';
import { drugActs } from './drugs.ts';
import { flowBoardActs } from './flow-board.ts';
import { formActs } from './forms.ts';
import { labActs } from './labs.ts';
import { messageActs } from './messages.ts';
import { officeActs } from './office.ts';
import type { Opening } from './opening.ts';
import { optionActs } from './options.ts';
import { paperActs } from './papers.ts';
import { patientActs } from './patients.ts';
import { seriesActs } from './series.ts';
import { staffActs } from './staff.ts';
import { visitActs } from './visits.ts';
import { vitalSignActs } from './vital-signs.ts';
import { wholePatientActs } from './whole-patients.ts';

export interface FrontDeskOptions {
  /** From 0. */
  desk: number;
  desks: number;
  /** The same at all desks. */
  opening: Opening;
  version: OpenemrVersion;
  seed?: number;
}

/** Nothing is done with a few of those whom an act is about: then another one is tried. */
const MAX_TRIES = 100;

export class FrontDesk implements Script {
  readonly #desk: Desk;
  readonly #acts: readonly Act[];

  constructor({ desk, desks, opening, version, seed = 1 }: FrontDeskOptions) {
    const random = new Random(Math.imul(seed, 0x01000193) ^ (desk + 0xde5c));
    this.#desk = new Desk(desk, desks, opening, version, random);
    this.#acts = sharesOfAll().flatMap(([share, act]) => Array.from({ length: share }, () => act));
  }

  /** Of one act, or now and then of two at once. A few are taken back. */
  next(): Transaction {
    const { random } = this.#desk;
    this.#desk.tick();
    const statements = [...this.#act(), ...(random.percent(10) ? this.#act() : [])];
    return random.percent(3) ? { statements, isRolledBack: true } : { statements };
  }

  #act(): string[] {
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const statements = this.#desk.random.pick(this.#acts)(this.#desk);
      if (statements.length > 0) return statements;
    }
    return [];
  }
}

function sharesOfAll(): Shares {
  return [
    ...patientActs,
    ...belongingActs,
    ...contactActs,
    ...wholePatientActs,
    ...accountActs,
    ...staffActs,
    ...credentialActs,
    ...officeActs,
    ...optionActs(),
    ...calendarActs,
    ...seriesActs(),
    ...blockActs(),
    ...flowBoardActs(),
    ...visitActs,
    ...vitalSignActs,
    ...formActs,
    ...chartActs,
    ...drugActs,
    ...labActs,
    ...paperActs,
    ...messageActs,
  ];
}
