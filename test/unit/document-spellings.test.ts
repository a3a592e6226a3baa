import { expect, it } from 'vitest';
import { spellingsOf } from '../../src/documents/spellings.ts';

it('tries a name in the bytes that it may have on a disk, each once', () => {
  expect(spellingsOf('1/scan.pdf')).toEqual([Buffer.from('1/scan.pdf')]);
  expect(spellingsOf('é')).toEqual([
    Buffer.from('é'.normalize('NFC')),
    Buffer.from('é'.normalize('NFD')),
    Buffer.from([0xe9]),
  ]);
  // UTF-8 that was taken for Windows-1252.
  expect(spellingsOf('ÃŸ')).toContainEqual(Buffer.from('ß'));
  expect(spellingsOf('â‚¬')).toContainEqual(Buffer.from('€'));
  expect(spellingsOf('日本')).toEqual([Buffer.from('日本')]);
});
