import { expect, test } from 'vitest';
import { formatBytes, formatCount, formatDuration } from '../../src/telemetry/format.ts';
import { renderSummary, summaryDocument, type RunSummary } from '../../src/telemetry/summary.ts';

const SUMMARY: RunSummary = {
  tables: [
    {
      table: 'patient_data',
      read: 1_000_012,
      rows: 1_000_000,
      filtered: 0,
      bytes: 402_000_000,
      rejected: 12,
      rowsNow: 1_000_000,
      elapsedMs: 3_100,
    },
    { table: 'ämter', read: 3, rows: 3, filtered: 0, bytes: 96, rejected: 0, rowsNow: 3, elapsedMs: 40 },
  ],
  elapsedMs: 4_000,
  stagesMs: { read: 1_000, encode: 1_000, copy: 1_500, index: 500, constraints: 0 },
};

test('the summary lists the tables, their total, and where the time went', () => {
  expect(renderSummary(SUMMARY)).toBe(
    [
      'table                 rows   bytes  rejects  seconds   rows/s',
      '───────────────  ─────────  ──────  ───────  ───────  ───────',
      'patient_data     1,000,000  402 MB       12      3.1  322,581',
      'ämter                    3    96 B        0      0.0       75',
      '───────────────  ─────────  ──────  ───────  ───────  ───────',
      'total, 2 tables  1,000,003  402 MB       12      4.0  250,001',
      '',
      'time went into  read 1.0 s (25 %) · encode 1.0 s (25 %) · copy 1.5 s (38 %) · index 0.5 s (13 %) · constraints 0.0 s (0 %)',
    ].join('\n'),
  );
});

test('what filters leave behind stands beside what was read, where there is any', () => {
  const [patients] = SUMMARY.tables;
  const text = renderSummary({ ...SUMMARY, tables: [{ ...patients!, read: 1_000_112, filtered: 100 }] });
  expect(text).toMatch(/^table +read +loaded +filtered +rejects +bytes +seconds +rows\/s$/m);
  expect(text).toMatch(/^patient_data +1,000,112 +1,000,000 +100 +12 +402 MB +3\.1 +322,581$/m);
});

test('the document of the summary keeps the exact numbers', () => {
  const { total, tables, stagesMs } = summaryDocument(SUMMARY);
  expect(total).toEqual({
    read: 1_000_015,
    rows: 1_000_003,
    filtered: 0,
    bytes: 402_000_096,
    rejected: 12,
    rowsNow: 1_000_003,
    elapsedMs: 4_000,
    rowsPerSecond: 250_001,
  });
  expect(tables[1]).toMatchObject({ table: 'ämter', rows: 3, rowsPerSecond: 75 });
  expect(stagesMs).toEqual(SUMMARY.stagesMs);
});

test('what earlier calls loaded is listed, and counts towards no rate', () => {
  const [patients] = SUMMARY.tables;
  const text = renderSummary({
    ...SUMMARY,
    tables: [
      { ...patients!, table: 'resumed', rowsNow: 10_000 },
      { ...patients!, table: 'finished before', rowsNow: 0, elapsedMs: 0 },
    ],
  });
  expect(text).toMatch(/^resumed +1,000,000 +402 MB +12 +3\.1 +3,226$/m);
  expect(text).toMatch(/^finished before +1,000,000 +402 MB +12 +– +–$/m);
  expect(text).toMatch(/^total, 2 tables +2,000,000 +804 MB +24 +4\.0 +2,500$/m);
});

test('the summary of a run that loaded nothing has no impossible numbers', () => {
  const stagesMs = { read: 0, encode: 0, copy: 0, index: 0, constraints: 0 };
  const text = renderSummary({ tables: [], elapsedMs: 0, stagesMs });
  expect(text).toContain('total, 0 tables');
  expect(text).not.toMatch(/NaN|Infinity/);
});

test('numbers for people are rounded where people round them', () => {
  expect([0, 999, 1_000, 47_273, 999_999.5, -123_456, 4.2e12].map(formatCount)).toEqual([
    '0',
    '999',
    '1,000',
    '47,273',
    '1,000,000',
    '-123,456',
    '4,200,000,000,000',
  ]);
  expect([0, 999, 1_000, 99_949, 99_950, 999_499, 999_500, 4.2e12].map(formatBytes)).toEqual([
    '0 B',
    '999 B',
    '1.0 kB',
    '99.9 kB',
    '100 kB',
    '999 kB',
    '1.0 MB',
    '4.2 TB',
  ]);
  expect([0, 59_940, 59_960, 245_000, 3_599_600, 7_620_000].map(formatDuration)).toEqual([
    '0.0 s',
    '59.9 s',
    '1 min 00 s',
    '4 min 05 s',
    '1 h 00 min',
    '2 h 07 min',
  ]);
});
