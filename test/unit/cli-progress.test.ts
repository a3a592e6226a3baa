import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createOutput, wrap } from '../../src/cli/output.ts';
import { startProgressDisplay } from '../../src/cli/progress-display.ts';
import { renderLastLine, renderProgressLine } from '../../src/cli/progress-lines.ts';
import { ProgressModel } from '../../src/telemetry/progress.ts';
import { captureIo } from '../support/captured-io.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function running() {
  const clock = { nowMs: 0 };
  const model = new ProgressModel(() => clock.nowMs);
  model.plan('patients', 10_000);
  model.plan('forms', 30_000);
  model.add({ table: 'patients', rows: 2_000, bytes: 800_000, rejected: 3, filtered: 0 });
  clock.nowMs = 2_000;
  return { clock, model };
}

test('a progress line says how far, how fast, how long, and what is running', () => {
  expect(renderProgressLine(running().model.snapshot())).toBe(
    '0 of 2 tables · 2,000 of about 40,000 rows (5.0 %) · 3 rejected · 1,000 rows/s · 400 kB/s · 38.0 s left · now patients 20.0 %',
  );
});

test('without a terminal a line is printed every five seconds and a last one at the end', async () => {
  const { clock, model } = running();
  const io = captureIo({}, '/');
  const display = await startProgressDisplay(model, createOutput(io.stderr, 'lines'));
  vi.advanceTimersByTime(10_000);
  expect(io.text('stderr').split('\n')).toHaveLength(2);
  clock.nowMs = 4_000;
  model.finish('patients');
  display.stop();
  display.stop();
  const lines = io.text('stderr').trim().split('\n');
  expect(lines).toHaveLength(2);
  expect(lines[1]).toBe(
    '1 of 2 tables · 2,000 of about 32,003 rows (6.2 %) · 3 rejected · 500 rows/s · 200 kB/s on average · 4.0 s in all',
  );
  expect(io.text('stdout')).toBe('');
});

test('a load that ended has no estimate, nothing left and nothing running in its last line', () => {
  const { clock, model } = running();
  model.finish('patients');
  model.add({ table: 'forms', rows: 1, bytes: 200, rejected: 0, filtered: 0 });
  model.finish('forms');
  clock.nowMs = 10_000;
  expect(renderLastLine(model.snapshot())).toBe(
    '2 of 2 tables · 2,001 rows · 3 rejected · 200 rows/s · 80.0 kB/s on average · 10.0 s in all',
  );
});

test('one table with one row is told in the singular, and what loaded nothing has no rate', () => {
  const model = new ProgressModel(() => 0);
  model.plan('patients', 1, { rows: 1, rejected: 0, filtered: 0 });
  model.finish('patients');
  expect(renderLastLine(model.snapshot())).toBe('1 of 1 table · 1 row · 0.0 s in all');
});

test('while indexes are built the line says so instead of a rate of nothing', () => {
  const { clock, model } = running();
  for (const table of ['patients', 'forms']) model.finish(table);
  clock.nowMs = 60_000;
  model.setPhase('restoring indexes and constraints');
  expect(renderProgressLine(model.snapshot())).toBe(
    '2 of 2 tables · 2,000 rows · 3 rejected · restoring indexes and constraints',
  );
});

test('before the tables are known nothing is printed, not even at the end', async () => {
  const io = captureIo({}, '/');
  const display = await startProgressDisplay(new ProgressModel(), createOutput(io.stderr, 'lines'));
  vi.advanceTimersByTime(60_000);
  display.stop();
  expect(io.text('stderr')).toBe('');
});

test('nothing is printed when progress is silent', async () => {
  const io = captureIo({}, '/');
  const display = await startProgressDisplay(running().model, createOutput(io.stderr, 'silent'));
  vi.advanceTimersByTime(60_000);
  display.stop();
  expect(io.text('stderr')).toBe('');
});

test('a live display is stopped before anything else is printed', () => {
  const io = captureIo({}, '/');
  const output = createOutput(io.stderr, 'bars');
  const events: string[] = [];
  output.lend({ print: (line) => events.push(line), stop: () => events.push('stopped') });
  output.info('above the bars');
  output.release();
  output.release();
  output.info('below');
  expect(events).toEqual(['above the bars', 'stopped']);
  expect(io.text('stderr')).toBe('below\n');
});

test('long texts are wrapped at words, and list items hang', () => {
  expect(wrap('one two three four', 9, '  ')).toBe('one two\n  three\n  four');
  expect(wrap('  - first item here', 14)).toBe('  - first item\n    here');
  expect(wrap('unbreakablelongword x', 5)).toBe('unbreakablelongword\nx');
});

test('a statement to be copied is not wrapped', () => {
  expect(wrap('Let somebody run:\nGRANT SELECT ON a.* TO b;', 12, '  ')).toBe(
    'Let\n  somebody\n  run:\n  GRANT SELECT ON a.* TO b;',
  );
});
