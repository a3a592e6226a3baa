import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createOutput, wrap } from '../../src/cli/output.ts';
import { startProgressDisplay } from '../../src/cli/progress-display.ts';
import { renderProgressLine } from '../../src/cli/progress-lines.ts';
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
  model.add({ table: 'patients', rows: 2_000, bytes: 800_000, rejected: 3 });
  clock.nowMs = 2_000;
  return { clock, model };
}

test('a progress line says how far, how fast, how long, and what is running', () => {
  expect(renderProgressLine(running().model.snapshot())).toBe(
    '0 of 2 tables · 2,000 of about 40,000 rows (5.0 %) · 3 rejected · 1,000 rows/s · 400 kB/s · 38.0 s left · now patients 20.0 %',
  );
});

test('without a terminal a line is printed every five seconds and a last one at the end', () => {
  const { clock, model } = running();
  const io = captureIo({}, '/');
  const display = startProgressDisplay(model, createOutput(io.stderr, 'lines'));
  vi.advanceTimersByTime(10_000);
  expect(io.text('stderr').split('\n')).toHaveLength(2);
  clock.nowMs = 4_000;
  model.setState('patients', 'done');
  display.stop();
  display.stop();
  const lines = io.text('stderr').trim().split('\n');
  expect(lines).toHaveLength(2);
  expect(lines[1]).toContain('1 of 2 tables');
  expect(io.text('stdout')).toBe('');
});

test('nothing is printed when progress is silent', () => {
  const io = captureIo({}, '/');
  const display = startProgressDisplay(running().model, createOutput(io.stderr, 'silent'));
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
