import { beforeEach, describe, expect, it } from 'vitest';
import { beginRow, raisedFlags } from '../../src/mapping/row-notes.ts';
import {
  categoryCodes,
  categoryPaths,
} from '../../src/profiles/openemr/medical-records/document-categories.ts';
import { hashAlgorithm, legacyHash } from '../../src/profiles/openemr/medical-records/document-hash.ts';
import {
  documentName,
  externalUrl,
  legacyUrl,
  originalFilename,
} from '../../src/profiles/openemr/medical-records/document-place.ts';

beforeEach(beginRow);

const FILE = 'file:///srv/documents/7/scan 1.pdf';

describe('the place of a document', () => {
  it('gives its name where no column does', () => {
    expect(documentName.apply('5', 'file_url', FILE)).toBe('scan 1.pdf');
    expect(documentName.apply('5', 'file_url', 'file:///srv/documents/7/0011', 'Knee.pdf')).toBe('Knee.pdf');
    expect(documentName.apply('5', 'blob', '', '')).toBe('Document 5');
    expect(documentName.apply('5', 'web_url', 'https://x.example/a/')).toBe('https://x.example/a/');
    expect(originalFilename.apply('web_url', 'https://x.example/a', 'A')).toBeNull();
  });

  it('is elsewhere for a link', () => {
    const url = 'https://x.example/../7';
    expect([externalUrl.apply('web_url', url), legacyUrl.apply('web_url', url)]).toEqual([url, null]);
    expect([externalUrl.apply('file_url', FILE), legacyUrl.apply('file_url', FILE)]).toEqual([null, FILE]);
  });
});

describe('the categories of a document', () => {
  it('are paths in order, with a code for each, whether or not the server nests JSON', () => {
    const medical = ['LOINC:2', [[4, 'Medical Record']]];
    const deep = [
      [3, 'Pathology'],
      [2, 'Lab Report'],
    ];
    for (const nested of [deep, JSON.stringify(deep)]) {
      const json = JSON.stringify([medical, [null, nested]]);
      expect(categoryPaths.apply(json)).toBe('{"/Lab Report/Pathology","/Medical Record"}');
      expect(categoryCodes.apply(json)).toBe('{"","LOINC:2"}');
    }
    expect(categoryPaths.apply(null)).toBe('{}');
  });

  it('have the root for a path where the document is filed under it', () => {
    expect(categoryPaths.apply(JSON.stringify([['', null]]))).toBe('{"/"}');
  });
});

describe('the hash of a document', () => {
  it('tells its algorithm by its length', () => {
    expect(hashAlgorithm.apply('A'.repeat(40))).toBe('sha1');
    expect(hashAlgorithm.apply('0'.repeat(128))).toBe('sha3-512');
    expect([legacyHash.apply(''), hashAlgorithm.apply(null)]).toEqual([null, null]);
    expect(raisedFlags()).toEqual([]);
    expect(hashAlgorithm.apply('x'.repeat(40))).toBeNull();
    expect(raisedFlags()).toEqual(['legacy_hash_unknown']);
  });
});
