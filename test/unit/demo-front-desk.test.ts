import { describe, expect, it } from 'vitest';
import { FrontDesk } from '../demo/workload/front-desk.ts';

const OPENING = {
  patients: 60,
  doctors: 12,
  insurance: 50,
  appointments: 120,
  encounters: 80,
  prescriptions: 40,
  documents: 20,
  referrals: 9,
};

function day(desk: number, transactions = 2000): string[] {
  const script = new FrontDesk(desk, 4, OPENING);
  return Array.from({ length: transactions }, () => JSON.stringify(script.next()));
}

describe('a desk of the clinic', () => {
  it('does the same every day, and another than its neighbour', () => {
    expect(day(1)).toEqual(day(1));
    expect(day(2)).not.toEqual(day(1));
  });

  it.each([
    ['a patient with all rows in one transaction', /Patient_Data.*INSERT INTO `patient_doctor`/],
    ['several rows by one statement', /INSERT INTO `appointments`[^;]*\),\(/],
    ['an appointment that is moved', /UPDATE `appointments` SET `Date`/],
    ['an appointment that is cancelled', /cancelled/],
    ['an appointment that is struck out', /DELETE FROM appointments/],
    ['new demographics', /UPDATE `Patient_Data` SET phone/],
    ['a patient who is removed', /DELETE FROM `Patient_Data`/],
    ['a changed key', /UPDATE `appointments` SET id = /],
    ['a swap of unique values', /@other/],
    ['a transaction that is taken back', /"isRolledBack":true/],
    ['a zero date', /0000-00-00/],
  ])('has %s', (_, pattern) => {
    expect(day(0).some((transaction) => pattern.test(transaction))).toBe(true);
  });

  it('books for somebody else than nobody where it has no patients yet', () => {
    const script = new FrontDesk(3, 4, { ...OPENING, patients: 1, appointments: 1 });
    const statements = Array.from({ length: 2000 }, () => script.next().statements).flat();
    expect(statements.filter((sql) => /\(\d+,(?:null|0),/.test(sql))).toEqual([]);
  });
});
