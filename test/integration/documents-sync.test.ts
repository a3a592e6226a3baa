/** Documents that are added, changed, moved and deleted at the source while sync follows. */
import { createHash } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { sourceFlavors } from '../support/databases.ts';
import { openDocumentCase, OPENEMR, type DocumentCase } from '../support/documents/document-case.ts';
import { sealFile } from '../support/documents/seal-file.ts';

const sha1 = (content: Buffer): string => createHash('sha1').update(content).digest('hex');

/** A file and its row; `changes` win. */
async function upload(
  site: DocumentCase,
  id: number,
  content: Buffer,
  changes: Record<string, string | number | null> = {},
): Promise<void> {
  await writeFile(site, id, content);
  await site.addDocument({
    id,
    type: 'file_url',
    url: `file:///old/documents/1/${id}`,
    foreign_id: 1,
    path_depth: 1,
    hash: sha1(content),
    size: content.length,
    name: 'paper.pdf',
    mimetype: 'application/x-invented',
    revision: '2026-01-06 14:00:00',
    ...changes,
  });
}

async function writeFile(site: DocumentCase, id: number, content: Buffer): Promise<void> {
  await fs.mkdir(path.join(site.root, '1'), { recursive: true });
  await fs.writeFile(path.join(site.root, '1', String(id)), content);
}

async function contentsOf(site: DocumentCase): Promise<Record<string, string | null>> {
  const rows = await site.documentRows();
  return Object.fromEntries(
    [...rows].map(([id, { gcs_object: name, storage_state: state }]) => [
      id,
      name === null ? state : site.storage.objects.find(name).content.toString(),
    ]),
  );
}

async function loaded(site: DocumentCase): Promise<void> {
  await site.succeed('schema', OPENEMR);
  await site.succeed('bulk', OPENEMR);
  await site.succeed('sync', OPENEMR);
}

describe.each(sourceFlavors())('documents in sync, on %s', (flavor) => {
  it('arrive, change, move and go with their rows [invariant 4]', { timeout: 180_000 }, async () => {
    await using site = await openDocumentCase({ flavor, sync: true });
    for (const id of [1, 2, 3, 4, 5]) await upload(site, id, Buffer.from(`first ${id}`));
    await loaded(site);
    expect(await contentsOf(site)).toEqual({
      1: 'first 1',
      2: 'first 2',
      3: 'first 3',
      4: 'first 4',
      5: 'first 5',
    });
    const before = await site.documentRows();

    await upload(site, 6, Buffer.from('new'));
    await upload(site, 7, sealFile(7, Buffer.from('new, encrypted')), {
      encrypted: 1,
      hash: sha1(Buffer.from('new, encrypted')),
      size: 14,
    });
    const changed = Buffer.from('second 2');
    await writeFile(site, 2, changed);
    await site.sourceQuery('UPDATE documents SET hash = ?, size = ? WHERE id = 2', [
      sha1(changed),
      changed.length,
    ]);
    await site.sourceQuery('UPDATE documents SET foreign_id = 2 WHERE id = 3');
    await site.sourceQuery('DELETE FROM documents WHERE id = 4');
    await site.sourceQuery("UPDATE documents SET name = 'another name' WHERE id = 1");
    await site.sourceQuery("UPDATE documents SET type = 'web_url', url = 'https://x.example/5' WHERE id = 5");
    await site.succeed('sync', OPENEMR);

    expect(await contentsOf(site)).toEqual({
      1: 'first 1',
      2: 'second 2',
      3: 'first 3',
      5: 'external_url',
      6: 'new',
      7: 'new, encrypted',
    });
    expect(await site.bucketFaults()).toEqual([]);
    const after = await site.documentRows();
    expect(after.get(1)!.gcs_generation).toBe(before.get(1)!.gcs_generation);
    expect(after.get(3)!.gcs_object).toContain(`/${after.get(3)!.patient_id}/`);
    expect(after.get(3)!.gcs_object).not.toBe(before.get(3)!.gcs_object);

    // Back again, and a link that becomes a file.
    await upload(site, 4, Buffer.from('first 4'));
    await site.sourceQuery(
      "UPDATE documents SET type = 'file_url', url = 'file:///old/documents/1/5' WHERE id = 5",
    );
    await site.sourceQuery('UPDATE documents SET foreign_id = 1 WHERE id = 3');
    await site.succeed('sync', OPENEMR);
    expect(await contentsOf(site)).toMatchObject({ 3: 'first 3', 4: 'first 4', 5: 'first 5' });
    expect(await site.bucketFaults()).toEqual([]);
  });

  it.runIf(flavor === 'mariadb')(
    'wait for their object, and are looked at again with their row',
    { timeout: 180_000 },
    async () => {
      await using site = await openDocumentCase({
        flavor,
        sync: true,
        changes: { RETRY_TIMEOUT_SECONDS: '1' },
      });
      await upload(site, 1, Buffer.from('first'));
      await loaded(site);
      await upload(site, 2, Buffer.from('second'));
      site.storage.faults.add({ at: 'multipart', answer: 403, times: 1 });
      const { exitCode, stderr } = await site.run('sync', OPENEMR);
      expect([exitCode, stderr]).toEqual([4, expect.stringContaining('STORAGE_ACCESS_DENIED')]);
      expect([...(await site.documentRows()).keys()]).toEqual([1]);
      await site.succeed('sync', OPENEMR);
      expect(await contentsOf(site)).toEqual({ 1: 'first', 2: 'second' });

      await upload(site, 3, Buffer.from('third'));
      await fs.rm(path.join(site.root, '1/3'));
      await site.run('sync', OPENEMR);
      expect(await contentsOf(site)).toMatchObject({ 3: 'missing_source' });
      await writeFile(site, 3, Buffer.from('third'));
      await site.succeed('bulk', ['documents', ...OPENEMR]);
      expect(await contentsOf(site)).toMatchObject({ 3: 'third' });
      expect(await site.bucketFaults()).toEqual([]);

      const forgotten = await site.run('sync', OPENEMR, { DOCUMENTS_ROOT: '' });
      expect([forgotten.exitCode, forgotten.stderr]).toEqual([2, expect.stringContaining('DOCUMENTS_ROOT')]);
    },
  );
});

it(
  'a document that is in the bucket is not given up for a file that is gone or damaged [invariant 5]',
  { timeout: 120_000 },
  async () => {
    await using site = await openDocumentCase({ sync: true });
    for (const id of [1, 2, 3, 4, 5])
      await upload(site, id, Buffer.from(`good ${id}`), id === 5 ? { hash: '' } : {});
    await loaded(site);
    await fs.rm(path.join(site.root, '1/1'));
    await writeFile(site, 2, Buffer.alloc(0));
    await fs.rm(path.join(site.root, '1/3'));
    await fs.symlink('4', path.join(site.root, '1/3'));
    await fs.rm(path.join(site.root, '1/5'));
    await site.sourceQuery("UPDATE documents SET mimetype = 'x/y', size = size + IF(id = 2, 1, 0)");
    const { exitCode, stdout } = await site.run('sync', OPENEMR, { MAX_REJECTS: '0' });
    expect([exitCode, stdout]).toEqual([5, expect.stringContaining('2 documents are not as they should be')]);
    const rows = await site.documentRows();
    const states = [1, 2, 3, 4, 5].map((id) => rows.get(id)!.storage_state);
    // Of the last nobody can say that it is still what the row means.
    expect(states).toEqual(['stored', 'size_mismatch', 'stored', 'stored', 'missing_source']);
    const good = { 1: 'good 1', 2: 'good 2', 3: 'good 3', 4: 'good 4', 5: 'good 5' };
    expect(await contentsOf(site)).toEqual(good);
    expect(await site.bucketFaults()).toEqual([]);

    // As an unmounted share leaves it.
    const empty = path.join(site.directory, 'empty');
    await fs.mkdir(empty);
    await site.sourceQuery('UPDATE documents SET size = size + 1');
    for (const [command, ...args] of [['bulk', 'documents'], ['sync']] as const) {
      const refused = await site.run(command, [...args, ...OPENEMR], { DOCUMENTS_ROOT: empty });
      expect([refused.exitCode, refused.stderr]).toEqual([1, expect.stringContaining('DOCUMENTS_ROOT_LOST')]);
    }
    expect(await contentsOf(site)).toEqual(good);
    expect(await site.bucketFaults()).toEqual([]);

    // Another hash: what there is is not what the row means, and stays until there is something better.
    await site.sourceQuery('UPDATE documents SET hash = ? WHERE id = 1', [sha1(Buffer.from('another'))]);
    await site.run('sync', OPENEMR);
    expect((await site.documentRows()).get(1)!.storage_state).toBe('missing_source');
    expect(await contentsOf(site)).toEqual(good);
    await writeFile(site, 1, Buffer.from('another'));
    await site.run('bulk', ['documents', ...OPENEMR]);
    expect(await contentsOf(site)).toMatchObject({ 1: 'another' });
    expect(await site.bucketFaults()).toEqual([]);
  },
);

it(
  'a document whose row is rejected keeps its object until the row is mended [invariant 5]',
  { timeout: 120_000 },
  async () => {
    await using site = await openDocumentCase({ changes: { MAX_REJECTS: '10' } });
    await upload(site, 1, Buffer.from('kept'));
    await site.succeed('schema', OPENEMR);
    await site.succeed('bulk', OPENEMR);
    const { gcs_generation: generation } = (await site.documentRows()).get(1)!;
    const check = 'ALTER TABLE medical_records.document';
    await site.query('medical_records', 'DELETE FROM medical_records.document');
    await site.query('medical_records', `${check} ADD CONSTRAINT refused CHECK (name <> 'paper.pdf')`);
    await site.succeed('bulk', ['medical-records', '--tables', 'documents', '--replace', ...OPENEMR]);
    expect((await site.documentRows()).size).toBe(0);
    expect(site.storage.objects.names()).toHaveLength(1);
    await fs.rm(path.join(site.root, '1/1'));
    await site.query('medical_records', `${check} DROP CONSTRAINT refused`);
    await site.succeed('bulk', ['medical-records', '--tables', 'documents', '--retry-rejects', ...OPENEMR]);
    expect((await site.documentRows()).get(1)).toMatchObject({
      storage_state: 'stored',
      gcs_generation: generation,
    });
    expect(await site.bucketFaults()).toEqual([]);
  },
);

it(
  'documents of the same content share an object where that is asked for',
  { timeout: 120_000 },
  async () => {
    await using site = await openDocumentCase({ sync: true, changes: { DOCUMENT_DUPLICATES: 'share' } });
    const consent = Buffer.from('a form that everybody has signed');
    for (const id of [1, 2]) await upload(site, id, consent);
    await upload(site, 3, Buffer.from('another'));
    await loaded(site);
    expect(site.storage.objects.names()).toHaveLength(2);
    const rows = await site.documentRows();
    expect(rows.get(1)!.gcs_object).toBe(rows.get(2)!.gcs_object);

    await site.sourceQuery('DELETE FROM documents WHERE id IN (1, 3)');
    await site.succeed('sync', OPENEMR);
    expect(await contentsOf(site)).toEqual({ 2: consent.toString() });
    expect(site.storage.objects.names()).toHaveLength(1);
    await site.sourceQuery('DELETE FROM documents');
    await site.succeed('sync', OPENEMR);
    expect(site.storage.objects.names()).toEqual([]);
    expect(await site.bucketFaults()).toEqual([]);
  },
);
