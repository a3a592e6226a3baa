/** What goes wrong at the object store while documents move, and what becomes of the run. */
import { createHash } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openDocumentCase, OPENEMR, type DocumentCase } from '../support/documents/document-case.ts';
import type { Fault } from '../support/storage/storage-faults.ts';
import { randomBytesOf } from '../support/storage/random-bytes.ts';

const SMALL = randomBytesOf(20_000, 1);
/** Three chunks. */
const LARGE = randomBytesOf(17 * 1024 * 1024, 2);

let site: DocumentCase;

beforeAll(async () => {
  site = await openDocumentCase({ changes: { RETRY_TIMEOUT_SECONDS: '20' } });
  await fs.mkdir(path.join(site.root, '1'));
  for (const [id, content] of [
    [1, SMALL],
    [2, LARGE],
  ] as const) {
    await fs.writeFile(path.join(site.root, '1', String(id)), content);
    await site.addDocument({
      id,
      type: 'file_url',
      url: `file:///x/1/${id}`,
      foreign_id: 1,
      path_depth: 1,
      hash: createHash('sha1').update(content).digest('hex'),
      size: content.length,
      revision: '2026-01-06 14:00:00',
    });
  }
  await site.succeed('schema', OPENEMR);
  await site.succeed('bulk', OPENEMR, { DOCUMENTS_ROOT: '' });
}, 120_000);
afterAll(() => site[Symbol.asyncDispose]());

beforeEach(() => site.forgetDocuments());

const move = (changes = {}) => site.run('bulk', ['documents', ...OPENEMR], changes);

async function expectBothStored(): Promise<void> {
  const rows = await site.documentRows();
  const contents = [1, 2].map((id) => site.storage.objects.find(rows.get(id)!.gcs_object!).content);
  expect(contents[0]!.equals(SMALL)).toBe(true);
  expect(contents[1]!.equals(LARGE)).toBe(true);
  expect(site.storage.objects.names()).toHaveLength(2);
  expect(await site.bucketFaults()).toEqual([]);
}

const PASSING: [string, Fault[]][] = [
  [
    '503',
    [
      { at: 'multipart', answer: 503, times: 2 },
      { at: 'chunk', answer: 503, times: 2 },
    ],
  ],
  [
    '429',
    [
      { at: 'multipart', answer: 429, times: 2 },
      { at: 'chunk', answer: 429, times: 2 },
    ],
  ],
  [
    'a break in the middle',
    [
      { at: 'multipart', drop: 'mid-body' },
      { at: 'chunk', skip: 1, drop: 'mid-body' },
    ],
  ],
  [
    'a lost answer',
    [
      { at: 'multipart', drop: 'after-commit' },
      { at: 'chunk', skip: 2, drop: 'after-commit' },
    ],
  ],
  [
    '410',
    [
      { at: 'multipart', answer: 410 },
      { at: 'chunk', skip: 1, answer: 410 },
    ],
  ],
  ['404 in the middle', [{ at: 'chunk', skip: 1, answer: 404 }]],
  [
    'other bytes',
    [
      { at: 'multipart', corrupt: true },
      { at: 'chunk', corrupt: true },
    ],
  ],
];

describe('a fault of the object store that passes', () => {
  it.each(PASSING)('%s: both are there once, and right', { timeout: 60_000 }, async (_, faults) => {
    for (const fault of faults) site.storage.faults.add(fault);
    const { exitCode, stderr } = await move();
    expect(stderr).not.toContain('error');
    expect(exitCode).toBe(0);
    expect(site.storage.faults.areSpent).toBe(true);
    await expectBothStored();
  });
});

describe('a fault of the object store that does not pass', () => {
  it.each([
    ['401', 'STORAGE_CREDENTIALS', 4, 401],
    ['403', 'STORAGE_ACCESS_DENIED', 4, 403],
    ['404', 'STORAGE_BUCKET_MISSING', 4, 404],
    ['400', 'STORAGE_REFUSED', 1, 400],
  ] as const)(
    '%s ends the run with %s, and nothing is lost',
    { timeout: 60_000 },
    async (_, code, exit, answer) => {
      site.storage.faults.add({ at: 'multipart', answer });
      site.storage.faults.add({ at: 'session', answer });
      const { exitCode, stderr } = await move();
      expect([exitCode, stderr]).toEqual([exit, expect.stringContaining(code)]);
      site.storage.faults.clear();
      expect((await move()).exitCode).toBe(0);
      await expectBothStored();
    },
  );
});

describe('the directory of the files', () => {
  it('has to be there', async () => {
    const { exitCode, stderr } = await move({ DOCUMENTS_ROOT: path.join(site.root, 'nothing') });
    expect([exitCode, stderr]).toEqual([4, expect.stringContaining('DOCUMENTS_ROOT_UNUSABLE')]);
    const without = await move({ DOCUMENTS_ROOT: '' });
    expect([without.exitCode, without.stderr]).toEqual([
      2,
      expect.stringContaining('DOCUMENTS_ROOT is not set'),
    ]);
    const noBucket = await move({ GCS_BUCKET: '' });
    expect([noBucket.exitCode, noBucket.stderr]).toEqual([
      2,
      expect.stringContaining('GCS_BUCKET is not set'),
    ]);
  });
});
