import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openRollingFile } from '../../src/telemetry/rolling-file.ts';

const LIMITS = { maxFileBytes: 1_000, keptFiles: 4, maxBufferedBytes: 1 << 20 };
const LINE = `${'x'.repeat(99)}\n`;

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'transfuse-rolling-'));
  vi.useFakeTimers({ toFake: ['Date'], now: new Date(2026, 0, 31, 12) });
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(dir, { recursive: true });
});

const names = () => readdirSync(dir).sort();
const linesOf = (name: string) => readFileSync(join(dir, name), 'utf8').split('\n').filter(Boolean);
const failOnLoss = (code: string) => expect.fail(code);
const open = (limits = LIMITS) => openRollingFile(dir, limits, failOnLoss);

test('a full file is followed by the next, each readable by its owner only, and no line is lost', async () => {
  const file = await open();
  for (let line = 0; line < 25; line++) file.write(LINE);
  await file.close();
  expect(names()).toEqual([1, 2, 3].map((number) => `transfuse.2026-01-31.${number}.log`));
  expect(names().map((name) => linesOf(name).length)).toEqual([10, 10, 5]);
  for (const name of names()) expect(statSync(join(dir, name)).mode & 0o777).toBe(0o600);
});

test('the last file of the day is gone on with, unless it is full', async () => {
  for (const lines of [4, 6, 1]) {
    const file = await open();
    for (let line = 0; line < lines; line++) file.write(LINE);
    await file.close();
  }
  expect(names().map((name) => linesOf(name).length)).toEqual([10, 1]);
});

test('a new day begins a new file at its first line', async () => {
  const file = await open();
  file.write('before midnight\n');
  vi.setSystemTime(new Date(2026, 1, 1, 0, 0, 1));
  file.write('after midnight\n');
  await file.close();
  expect(names()).toEqual(['transfuse.2026-01-31.1.log', 'transfuse.2026-02-01.1.log']);
  expect(linesOf('transfuse.2026-02-01.1.log')).toEqual(['after midnight']);
});

test('the oldest files are removed, those of other days by their date, and nothing else', async () => {
  const older = ['2025-12-31.9', '2026-01-30.2', '2026-01-30.10'].map((part) => `transfuse.${part}.log`);
  for (const name of [...older, 'other.log', 'transfuse.log']) writeFileSync(join(dir, name), 'kept\n');
  const file = await open();
  expect(names()).toContain('transfuse.2025-12-31.9.log');
  for (let line = 0; line < 15; line++) file.write(LINE);
  await file.close();
  expect(names()).toEqual([
    'other.log',
    'transfuse.2026-01-30.10.log',
    'transfuse.2026-01-30.2.log',
    'transfuse.2026-01-31.1.log',
    'transfuse.2026-01-31.2.log',
    'transfuse.log',
  ]);
});

test('two that write at once lose and tear no line', async () => {
  const files = await Promise.all([open(), open()]);
  for (let line = 0; line < 30; line++) {
    for (const [writer, file] of files.entries()) file.write(`${writer} ${line} ${'x'.repeat(50)}\n`);
    await new Promise(setImmediate);
  }
  await Promise.all(files.map((file) => file.close()));
  const lines = names().flatMap(linesOf);
  const expected = [0, 1].flatMap((writer) =>
    Array.from({ length: 30 }, (_, line) => `${writer} ${line} ${'x'.repeat(50)}`),
  );
  expect(lines.sort()).toEqual(expected.sort());
});

test('a disk that is full ends the log and nothing else, and is told once', async () => {
  symlinkSync('/dev/full', join(dir, 'transfuse.2026-01-31.1.log'));
  const told: string[] = [];
  const file = await openRollingFile(dir, LIMITS, (code) => told.push(code));
  for (let line = 0; line < 25; line++) file.write(LINE);
  await file.close();
  file.write(LINE);
  expect(told).toEqual(['ENOSPC']);
});

test('a next file that cannot be opened ends the log and nothing else', async () => {
  const told: string[] = [];
  const file = await openRollingFile(dir, LIMITS, (code) => told.push(code));
  symlinkSync(join(dir, 'missing', 'file'), join(dir, 'transfuse.2026-02-01.1.log'));
  file.write('kept\n');
  vi.setSystemTime(new Date(2026, 1, 1));
  file.write('lost\n');
  await file.close();
  expect(told).toEqual(['ENOENT']);
  expect(linesOf('transfuse.2026-01-31.1.log')).toEqual(['kept']);
});

test('what a slow disk cannot take is dropped and not kept in memory', async () => {
  const file = await open({ ...LIMITS, maxFileBytes: 1 << 30, maxBufferedBytes: 10_000 });
  for (let line = 0; line < 1_000; line++) file.write(LINE);
  await file.close();
  const [name = ''] = names();
  expect(linesOf(name)).toHaveLength(100);
});
