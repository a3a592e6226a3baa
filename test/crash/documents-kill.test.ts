/** A load of documents that is killed, time and again, at any moment: each object once, none missing, and the ledger exact. */
import { createHash } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDocumentCase, OPENEMR, type DocumentCase } from '../support/documents/document-case.ts';
import { randomBytesOf } from '../support/storage/random-bytes.ts';

const CHUNK_BYTES = 8 * 1024 * 1024;

const sha1 = (content: Buffer): string => createHash('sha1').update(content).digest('hex');

/** Documents of one to four kilobytes, no two the same. */
async function plant(site: DocumentCase, count: number): Promise<void> {
  await fs.mkdir(path.join(site.root, '1'));
  const rows: unknown[][] = [];
  for (let id = 1; id <= count; id++) {
    const content = Buffer.concat([
      Buffer.from(`${id}:`),
      randomBytesOf(1000 + ((id * 37) % 3000), id % 256),
    ]);
    await fs.writeFile(path.join(site.root, '1', String(id)), content);
    rows.push([
      id,
      'file_url',
      `file:///x/1/${id}`,
      1,
      1,
      sha1(content),
      content.length,
      '2026-01-06 14:00:00',
    ]);
  }
  await site.sourceQuery(
    'INSERT INTO documents (id, type, url, foreign_id, path_depth, hash, size, revision) VALUES ?',
    [rows],
  );
  await site.succeed('schema', OPENEMR);
  await site.succeed('bulk', OPENEMR, { DOCUMENTS_ROOT: '' });
}

async function expectAllOnce(site: DocumentCase, count: number): Promise<void> {
  const rows = await site.documentRows();
  expect(rows.size).toBe(count);
  for (const [id, { gcs_object: name, storage_state: state }] of rows) {
    const content = await fs.readFile(path.join(site.root, '1', String(id)));
    if (state !== 'stored' || !site.storage.objects.find(name!).content.equals(content))
      throw new Error(`document ${id} is not in the bucket as it is on the disk`);
  }
  expect(site.storage.objects.names()).toHaveLength(count);
  // Nothing that had arrived was sent again.
  expect(site.storage.objects.commits).toBe(count);
  expect(await site.bucketFaults()).toEqual([]);
}

describe('documents that are moved by a program that is killed', () => {
  it('2,000 of them, five times at random [invariant 3]', { timeout: 180_000 }, async () => {
    await using site = await openDocumentCase();
    await plant(site, 2000);
    for (let killed = 0; killed < 5; killed++) {
      const goal = site.storage.objects.commits + 100 + Math.floor(Math.random() * 250);
      const command = site.start('bulk', ['documents', ...OPENEMR]);
      while (command.isRunning && site.storage.objects.commits < goal)
        await new Promise((resolve) => setTimeout(resolve, 5));
      command.kill('SIGKILL');
      expect((await command.ended).signal).toBe('SIGKILL');
    }
    await site.succeed('bulk', ['documents', ...OPENEMR]);
    await expectAllOnce(site, 2000);
  });

  it('a large one, which goes on with what the store has of it', { timeout: 120_000 }, async () => {
    await using site = await openDocumentCase();
    await plant(site, 1);
    const file = path.join(site.root, '1', '1');
    const content = randomBytesOf(6 * CHUNK_BYTES - 1000, 7);
    await fs.writeFile(file, content);
    await site.sourceQuery('UPDATE documents SET hash = ?, size = ?', [sha1(content), content.length]);
    const killInTheMiddle = async () => {
      site.storage.faults.add({ at: 'chunk', skip: 3, hang: true });
      const command = site.start('bulk', ['documents', ...OPENEMR]);
      while (!site.storage.faults.areSpent) await new Promise((resolve) => setTimeout(resolve, 5));
      command.kill('SIGKILL');
      await command.ended;
      site.storage.requests.clear();
    };
    const sessions = () => site.query('medical_records', 'SELECT session FROM transfuse.uploads');

    await killInTheMiddle();
    expect(await sessions()).toHaveLength(1);
    await site.succeed('bulk', ['documents', ...OPENEMR]);
    expect([site.storage.requests.get('session'), site.storage.requests.get('chunk')]).toEqual([
      undefined,
      3,
    ]);
    await expectAllOnce(site, 1);
    expect(await sessions()).toEqual([]);

    // What the store has of it is of another content by now.
    await site.forgetDocuments();
    for (const name of site.storage.objects.names()) site.storage.objects.delete(name, null);
    await killInTheMiddle();
    content[5]! ^= 1;
    await fs.writeFile(file, content);
    await site.succeed('bulk', ['documents', ...OPENEMR]);
    const name = (await site.documentRows()).get(1)!.gcs_object!;
    expect(site.storage.objects.find(name).content.equals(content)).toBe(true);
    expect(await sessions()).toEqual([]);
  });

  it('at every point that has a name [invariant 3]', { timeout: 120_000 }, async () => {
    await using site = await openDocumentCase();
    await plant(site, 500);
    for (const failpoints of [
      'documents.after-put=kill@1',
      'documents.after-put=kill@290',
      'documents.before-commit=kill@2',
      'documents.after-commit=kill@1',
    ]) {
      await site.forgetDocuments();
      const command = await site.run('bulk', ['documents', ...OPENEMR], { TRANSFUSE_FAILPOINTS: failpoints });
      expect([failpoints, command.signal]).toEqual([failpoints, 'SIGKILL']);
      await site.succeed('bulk', ['documents', ...OPENEMR]);
      await expectAllOnce(site, 500);
    }
  });
});
