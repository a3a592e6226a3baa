/** The documents of an untidy site, one by one. */
import { createHash } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { sourceFlavors } from '../support/databases.ts';
import { keyRows } from '../support/documents/document-set.ts';
import { openDocumentCase, OPENEMR, plantSet } from '../support/documents/document-case.ts';

async function readLogs(directory: string): Promise<string> {
  const logs = path.join(directory, 'logs');
  const texts = (await fs.readdir(logs)).map((file) => fs.readFile(path.join(logs, file), 'utf8'));
  return (await Promise.all(texts)).join('\n');
}

describe.each(sourceFlavors())('documents of every kind, from %s', (flavor) => {
  it('have the outcome that they are to have [invariant 5] [invariant 9]', { timeout: 180_000 }, async () => {
    await using site = await openDocumentCase({ flavor });
    const { documents, strays } = await plantSet(site);
    const lost = `moved/${site.source.database}/unfiled/lost`;
    await site.storage.objects.commit(lost, {}, [Buffer.from('of nobody')], null);
    await site.succeed('schema', OPENEMR);
    const { exitCode, stdout, stderr } = await site.run('bulk', ['--sweep', ...OPENEMR], {
      MAX_REJECTS: '0',
    });
    expect(`${stdout}${stderr}`).toContain('documents are not as they should be');
    expect(exitCode).toBe(5);

    const rows = await site.documentRows();
    const seen = documents.map(({ id, what }) => {
      const row = rows.get(id)!;
      const object = row.gcs_object === null ? undefined : site.storage.objects.get(row.gcs_object);
      return {
        what,
        outcome: row.storage_state,
        content: object ? createHash('sha256').update(object.content).digest('hex') : null,
        sha256: row.sha256,
        size: row.size_bytes === null ? null : Number(row.size_bytes),
        wasEncrypted: row.was_encrypted,
        hashVerified: row.legacy_hash_verified,
      };
    });
    const expected = documents.map(
      ({ what, outcome, content, wasEncrypted = false, hashVerified = null }) => {
        const sha256 = content && createHash('sha256').update(content).digest('hex');
        return {
          what,
          outcome,
          content: sha256,
          sha256,
          size: content && content.length,
          wasEncrypted,
          hashVerified,
        };
      },
    );
    expect(seen).toEqual(expected);
    for (const { id, contentType } of documents) {
      if (contentType === undefined) continue;
      const row = rows.get(id)!;
      const stored = site.storage.objects.find(row.gcs_object!);
      expect([id, row.sniffed_mime_type, stored.contentType]).toEqual([id, contentType, contentType]);
    }
    expect(stdout).toContain('swept: 2 files');
    const found = await site.query(
      'medical_records',
      "SELECT kind, convert_from(name, 'UTF8') AS name FROM transfuse.strays ORDER BY kind, name",
    );
    expect(found).toEqual([
      ...strays.toSorted().map((name) => ({ kind: 'file', name })),
      { kind: 'object', name: lost },
    ]);
    site.storage.objects.delete(lost, null);
    expect(await site.bucketFaults()).toEqual([]);
    const said = `${stdout}${stderr}${await readLogs(site.directory)}`;
    for (const secret of [
      'paper 7',
      'berweisung',
      'scan',
      'fax.tif',
      'Befund',
      '/1/7000',
      'sevena',
      keyRows()[0]!.value,
    ])
      expect(said).not.toContain(secret);
    for (const name of site.storage.objects.names())
      expect(name).toMatch(/^moved\/case_\w+\/(unfiled|[0-9a-f-]{36})\/[0-9a-f-]{36}$/);

    // What others do to the bucket is found by the sweep.
    const [gone = '', replaced = ''] = site.storage.objects.names();
    site.storage.objects.delete(gone, null);
    await site.storage.objects.commit(replaced, {}, [Buffer.from('evil')], null);
    const swept = await site.run('bulk', ['documents', '--sweep', ...OPENEMR]);
    expect([swept.exitCode, swept.stderr]).toEqual([3, expect.stringContaining('DOCUMENTS_LOST')]);
    expect(
      await site.query(
        'medical_records',
        "SELECT convert_from(name, 'UTF8') AS name FROM transfuse.strays WHERE kind = 'lost' ORDER BY name",
      ),
    ).toEqual([{ name: gone }, { name: replaced }]);
  });
});
