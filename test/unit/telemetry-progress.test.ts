import { expect, test } from 'vitest';
import { ProgressModel } from '../../src/telemetry/progress.ts';

function withClock() {
  const clock = { nowMs: 1_000_000 };
  return { clock, model: new ProgressModel(() => clock.nowMs) };
}

const of = (model: ProgressModel, table: string) =>
  model.snapshot().tables.find((entry) => entry.table === table);

test('counts rows, bytes and rejects by table and in total', () => {
  const { model } = withClock();
  model.plan('patients', 100);
  model.plan('visits', 300);
  model.add({ table: 'patients', rows: 40, bytes: 4_000, rejected: 1 });
  model.add({ table: 'patients', rows: 10, bytes: 1_000, rejected: 0 });
  expect(of(model, 'patients')).toMatchObject({ state: 'loading', rows: 50, bytes: 5_000, rejected: 1 });
  expect(of(model, 'visits')).toMatchObject({ state: 'waiting', rows: 0, fraction: 0, elapsedMs: 0 });
  expect(model.snapshot().total).toMatchObject({
    tables: 2,
    tablesDone: 0,
    rows: 50,
    rejected: 1,
    rowEstimate: 400,
  });
  expect(model.snapshot().total.fraction).toBeCloseTo(51 / 400);
});

test('rates cover the last five seconds only', () => {
  const { clock, model } = withClock();
  model.plan('patients', 100_000);
  for (let second = 0; second < 10; second++) {
    model.add({ table: 'patients', rows: 1_000, bytes: 400_000, rejected: 0 });
    clock.nowMs += 1_000;
  }
  expect(model.snapshot().total.rowsPerSecond).toBeCloseTo(1_000, -2);
  expect(model.snapshot().total.bytesPerSecond).toBeCloseTo(400_000, -5);
  clock.nowMs += 6_000;
  expect(model.snapshot().total).toMatchObject({ rowsPerSecond: 0, remainingMs: null });
});

test('rates of a run younger than the window cover its whole life', () => {
  const { clock, model } = withClock();
  model.plan('patients', 10_000);
  model.add({ table: 'patients', rows: 2_000, bytes: 0, rejected: 0 });
  clock.nowMs += 2_000;
  expect(of(model, 'patients')).toMatchObject({ rowsPerSecond: 1_000, remainingMs: 8_000, elapsedMs: 2_000 });
});

test('rows of an earlier run count as done and not towards the rate', () => {
  const { clock, model } = withClock();
  model.plan('patients', 1_000, { rows: 790, rejected: 10 });
  model.add({ table: 'patients', rows: 100, bytes: 0, rejected: 0 });
  clock.nowMs += 1_000;
  expect(of(model, 'patients')).toMatchObject({
    rows: 890,
    rejected: 10,
    rowsPerSecond: 100,
    remainingMs: 1_000,
  });
});

test('a table that outgrows its estimate is not complete before it is done', () => {
  const { model } = withClock();
  model.plan('patients', 10);
  model.add({ table: 'patients', rows: 25, bytes: 0, rejected: 0 });
  expect(of(model, 'patients')).toMatchObject({ rowEstimate: 25 });
  expect(of(model, 'patients')?.fraction).toBeLessThan(1);
  model.setState('patients', 'done');
  expect(of(model, 'patients')).toMatchObject({ fraction: 1, rowEstimate: 25, remainingMs: 0 });
});

test('a table with fewer rows than estimated is complete when it is done', () => {
  const { clock, model } = withClock();
  model.plan('patients', 1_000);
  model.add({ table: 'patients', rows: 10, bytes: 0, rejected: 0 });
  clock.nowMs += 3_000;
  model.setState('patients', 'done');
  clock.nowMs += 60_000;
  expect(of(model, 'patients')).toMatchObject({ fraction: 1, elapsedMs: 3_000, rowsPerSecond: 0 });
  expect(model.snapshot().total).toMatchObject({ tablesDone: 1, fraction: 1, rowEstimate: 10 });
});

test('a table without an estimate has no remaining time', () => {
  const { clock, model } = withClock();
  model.setState('notes', 'loading');
  clock.nowMs += 1_000;
  expect(of(model, 'notes')).toMatchObject({ state: 'loading', remainingMs: null, elapsedMs: 1_000 });
});
