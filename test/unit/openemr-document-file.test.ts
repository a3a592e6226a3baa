import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeDocument, isOtherFile } from '../../src/profiles/openemr/documents/document-file.ts';

const file = (url: string | null, path_depth: string | null = '1') =>
  describeDocument({ type: 'file_url', url, path_depth, storagemethod: '0' }).place;

describe('the place of a document', () => {
  it('is the last directories of its url, wherever that was', () => {
    expect(file('file:///var/www/openemr/sites/default/documents/7/scan 1.pdf')).toEqual({
      kind: 'file',
      path: ['7', 'scan 1.pdf'],
    });
    expect(file('file://C:/xampp/sites/default/documents/direct/4711/fax.tif', '2')).toEqual({
      kind: 'file',
      path: ['direct', '4711', 'fax.tif'],
    });
    expect(file('7/a.pdf', null)).toEqual({ kind: 'file', path: ['7', 'a.pdf'] });
    expect(file('file:///a.pdf')).toEqual({ kind: 'file', path: ['a.pdf'] });
  });

  it('is none where the row names none, and quarantined where it leads up, whichever way its slashes lean', () => {
    expect(file(null)).toEqual({ kind: 'nowhere' });
    expect(file('file://')).toEqual({ kind: 'nowhere' });
    expect(file('file:///srv/documents/../passwd').kind).toBe('quarantined');
    expect(file('C:\\documents\\..\\x').kind).toBe('quarantined');
    expect(file('file:///srv/documents/7/a..b').kind).toBe('file');
    expect(file('file:///srv/7/a\0b').kind).toBe('quarantined');
  });

  it('never leads up [property]', () => {
    const part = fc.oneof(fc.constantFrom('..', '.', '', 'a', '7', '..\\..', 'file:'), fc.string());
    fc.assert(
      fc.property(fc.array(part), fc.integer({ min: -3, max: 9 }), (parts, depth) => {
        const place = file(parts.join('/'), String(depth));
        if (place.kind !== 'file') return;
        for (const name of place.path)
          expect(['', '.', '..'].includes(name) || /[/\0]/.test(name)).toBe(false);
      }),
    );
  });

  it('is elsewhere for links, columns and other stores', () => {
    const place = (row: Record<string, string | null>) => describeDocument(row).place.kind;
    expect(place({ type: 'web_url', url: 'https://x.example/../7' })).toBe('external');
    expect(place({ type: 'web_url', url: ' ' })).toBe('nowhere');
    expect(place({ type: 'blob', url: '' })).toBe('column');
    expect(place({ type: 'file_url', url: '7/a', storagemethod: '1' })).toBe('unsupported');
  });
});

describe('what the row says of the content', () => {
  it('has a hash where an algorithm makes one', () => {
    const hash = (value: string | null) => describeDocument({ hash: value }).hash;
    expect(hash('A'.repeat(40))).toEqual({ algorithm: 'sha1', hex: 'a'.repeat(40) });
    expect(hash('0'.repeat(128))).toEqual({ algorithm: 'sha3-512', hex: '0'.repeat(128) });
    expect([hash(null), hash(''), hash('x'.repeat(40)), hash('a'.repeat(32))]).toEqual([
      null,
      null,
      null,
      null,
    ]);
  });

  it('belongs to a patient, or to nobody', () => {
    const owner = (foreign_id: string | null) => describeDocument({ foreign_id }).owner;
    expect(owner('7')).toEqual({ entity: 'patient_data', key: '7' });
    expect([owner('0'), owner(null)]).toEqual([null, null]);
  });
});

it('thumbnails, keys and logs are no lost documents', () => {
  const isOther = (path: string) => isOtherFile(path.split('/'));
  expect(['7/th_scan.png', 'logs_and_misc/methods/sevena', 'temp/x'].map(isOther)).toEqual([
    true,
    true,
    true,
  ]);
  expect(['7/scan.png', '7/thing.pdf', 'scan.pdf'].map(isOther)).toEqual([false, false, false]);
});
