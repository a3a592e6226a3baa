/** Verification of what is in the bucket: whatever is gone, replaced, cut short or pointed at wrongly is found. */
import { describe, expect, it } from 'vitest';
import { openDocumentCase, OPENEMR, plantSet } from '../support/documents/document-case.ts';
import type { CommandOutcome } from '../support/run-command.ts';

interface Verified {
  result: {
    databases: {
      documents: {
        objects: number;
        strays: number;
        faults: Record<string, number>;
        named: { name: string }[];
      } | null;
    }[];
  };
}

function documentsOf({ stdout }: CommandOutcome) {
  const { result } = JSON.parse(stdout) as Verified;
  return result.databases.flatMap(({ documents }) => documents ?? [])[0]!;
}

describe('verification of documents', () => {
  it('finds each object and row that is not as it was stored', { timeout: 180_000 }, async () => {
    await using site = await openDocumentCase({ changes: { MAX_REJECTS: '1000' } });
    await plantSet(site);
    await site.succeed('schema', OPENEMR);
    await site.succeed('bulk', OPENEMR);
    const verify = (...args: string[]) =>
      site.run('verify', ['medical-records', ...OPENEMR, '--json', ...args]);
    const fine = await verify('--deep');
    expect([fine.exitCode, documentsOf(fine).faults, documentsOf(fine).strays]).toEqual([0, {}, 0]);
    const { objects } = site.storage;
    expect(documentsOf(fine).objects).toBe(objects.names().length);

    const names = objects.names();
    const [gone, replaced, cut, flipped] = names.filter((name) => objects.find(name).content.length > 10) as [
      string,
      string,
      string,
      string,
    ];
    const kept = new Map([gone, replaced, cut, flipped].map((name) => [name, { ...objects.find(name) }]));
    const cases: [string, () => unknown, string, deepOnly?: boolean][] = [
      ['gone', () => objects.delete(gone, null), 'object_missing'],
      ['replaced', () => objects.commit(replaced, {}, [Buffer.from('another')], null), 'object_replaced'],
      ['cut', () => Object.assign(objects.find(cut), { size: objects.find(cut).size - 1 }), 'object_differs'],
      [
        'a bit of its bytes',
        () => {
          const content = Buffer.from(objects.find(flipped).content);
          content[5]! ^= 1;
          Object.assign(objects.find(flipped), { content });
        },
        'content_differs',
        true,
      ],
    ];
    for (const [what, change, fault, deepOnly = false] of cases) {
      change();
      const quick = await verify();
      const deep = await verify('--deep');
      const expected = { [fault]: 1 };
      expect([what, quick.exitCode, documentsOf(quick).faults]).toEqual([
        what,
        deepOnly ? 0 : 3,
        deepOnly ? {} : expected,
      ]);
      expect([what, deep.exitCode, documentsOf(deep).faults]).toEqual([what, 3, expected]);
      for (const [name, object] of kept) objects.restore(name, { ...object });
    }

    await objects.commit(`moved/${site.source.database}/unfiled/stray`, {}, [Buffer.from('of nobody')], null);
    expect(documentsOf(await verify())).toMatchObject({ strays: 1, faults: {} });
    await site.query(
      'medical_records',
      "UPDATE medical_records.document SET sniffed_mime_type = 'image/gif' WHERE gcs_object = $1",
      [gone],
    );
    await site.query('medical_records', 'DELETE FROM transfuse.documents WHERE object_name = $1', [replaced]);
    const rows = await verify();
    expect([rows.exitCode, documentsOf(rows).faults]).toEqual([3, { row_differs: 1, not_looked_for: 1 }]);
  });
});
