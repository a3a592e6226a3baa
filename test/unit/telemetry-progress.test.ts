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
  model.add({ table: 'patients', rows: 40, bytes: 4_000, rejected: 1, filtered: 0 });
  model.add({ table: 'patients', rows: 10, bytes: 1_000, rejected: 0, filtered: 0 });
  expect(of(model, 'patients')).toMatchObject({ state: 'loading', rows: 50, rejected: 1 });
  expect(of(model, 'visits')).toMatchObject({ state: 'waiting', rows: 0, fraction: 0 });
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
    model.add({ table: 'patients', rows: 1_000, bytes: 400_000, rejected: 0, filtered: 0 });
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
  model.add({ table: 'patients', rows: 2_000, bytes: 0, rejected: 0, filtered: 0 });
  clock.nowMs += 2_000;
  expect(of(model, 'patients')).toMatchObject({ rowsPerSecond: 1_000, remainingMs: 8_000 });
});

test('rows of an earlier run count as done and not towards the rate', () => {
  const { clock, model } = withClock();
  model.plan('patients', 1_000, { rows: 790, rejected: 10, filtered: 0 });
  model.add({ table: 'patients', rows: 100, bytes: 0, rejected: 0, filtered: 0 });
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
  model.add({ table: 'patients', rows: 25, bytes: 0, rejected: 0, filtered: 0 });
  expect(of(model, 'patients')).toMatchObject({ rowEstimate: 25 });
  expect(of(model, 'patients')?.fraction).toBeLessThan(1);
  model.finish('patients');
  expect(of(model, 'patients')).toMatchObject({ fraction: 1, rowEstimate: 25 });
});

test('a table with fewer rows than estimated is complete when it is done', () => {
  const { clock, model } = withClock();
  model.plan('patients', 1_000);
  model.add({ table: 'patients', rows: 10, bytes: 0, rejected: 0, filtered: 0 });
  clock.nowMs += 3_000;
  model.finish('patients');
  clock.nowMs += 60_000;
  expect(of(model, 'patients')).toMatchObject({ fraction: 1, rowsPerSecond: 0 });
  expect(model.snapshot().total).toMatchObject({ tablesDone: 1, fraction: 1, rowEstimate: 10 });
});

test('a table without an estimate, or beyond it, has no remaining time', () => {
  const { clock, model } = withClock();
  model.add({ table: 'notes', rows: 10, bytes: 0, rejected: 0, filtered: 0 });
  model.plan('visits', 10);
  model.add({ table: 'visits', rows: 25, bytes: 0, rejected: 0, filtered: 0 });
  clock.nowMs += 1_000;
  expect(of(model, 'notes')).toMatchObject({ state: 'loading', rowsPerSecond: 10, remainingMs: null });
  expect(of(model, 'visits')).toMatchObject({ state: 'loading', rowsPerSecond: 25, remainingMs: null });
  expect(model.snapshot().total.remainingMs).toBeNull();
});

test('rows that are filtered or rejected count towards the end, and not as loaded', () => {
  const { clock, model } = withClock();
  model.plan('patients', 1_000);
  model.add({ table: 'patients', rows: 500, bytes: 0, rejected: 0, filtered: 0 });
  model.add({ table: 'patients', rows: -300, bytes: 0, rejected: 100, filtered: 200 });
  clock.nowMs += 1_000;
  expect(of(model, 'patients')).toMatchObject({ rows: 200, rejected: 100, filtered: 200, fraction: 0.5 });
  model.finish('patients');
  expect(model.snapshot().total).toMatchObject({ rows: 200, rowEstimate: 500, fraction: 1 });
});

test('the average is that of what was loaded since the start, without what earlier runs loaded', () => {
  const { clock, model } = withClock();
  model.plan('patients', 1_000, { rows: 900, rejected: 0, filtered: 0 });
  clock.nowMs += 8_000;
  model.add({ table: 'patients', rows: 100, bytes: 20_000, rejected: 0, filtered: 0 });
  clock.nowMs += 2_000;
  expect(model.snapshot().total).toMatchObject({
    rows: 1_000,
    elapsedMs: 10_000,
    average: { rowsPerSecond: 10, bytesPerSecond: 2_000 },
  });
});
