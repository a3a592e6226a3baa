/**
 * Documents as a clinic has them after years: each with the outcome that it is to have. Rows of `documents` of version 8, and files below a
 * directory that stands for `sites/default/documents`.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import type { DocumentOutcome } from '../../../src/core/document-outcomes.ts';
import { randomBytesOf } from '../storage/random-bytes.ts';
import { KEY_NAMES, keyOf, keysOf, sealFile } from './seal-file.ts';

export interface PlantedDocument {
  id: number;
  what: string;
  row: Readonly<Record<string, string | number | Buffer | null>>;
  outcome: DocumentOutcome;
  /** What the object is to hold; null where there is to be none. */
  content: Buffer | null;
  contentType?: string;
  wasEncrypted?: boolean;
  hashVerified?: boolean | null;
}

export interface DocumentSet {
  documents: PlantedDocument[];
  /** Files that no row names and that are no documents of OpenEMR's own making. */
  strays: string[];
}

const UPLOADED_TO = '/srv/old-server/openemr/sites/default/documents';
const MEGABYTE = 1024 * 1024;

const sha1 = (content: Buffer): string => createHash('sha1').update(content).digest('hex');
const sha3 = (content: Buffer): string => createHash('sha3-512').update(content).digest('hex');

/** Writes the files below `root` and returns the rows; nothing of it names a person. */
export async function plantDocuments(root: string, firstId = 700_001): Promise<DocumentSet> {
  const documents: PlantedDocument[] = [];
  const write = async (relative: string | Buffer, content: Buffer): Promise<void> => {
    const file = Buffer.concat([Buffer.from(`${root}/`), Buffer.from(relative)]);
    await fs.mkdir(path.dirname(file.toString('latin1')), { recursive: true });
    await fs.writeFile(file, content);
  };
  let id = firstId;
  /** `onDisk`: null for no file. */
  const add = async (
    what: string,
    outcome: DocumentOutcome,
    content: Buffer,
    onDisk: Buffer | null,
    changes: PlantedDocument['row'] = {},
    expected: Partial<PlantedDocument> = {},
    relative: string | Buffer = `1/${id}.bin`,
  ): Promise<void> => {
    if (onDisk) await write(relative, onDisk);
    const isStored = ['stored', 'hash_mismatch', 'size_mismatch'].includes(outcome);
    const row = {
      id,
      foreign_id: 1,
      type: 'file_url',
      url: `file://${UPLOADED_TO}/${relative.toString()}`,
      name: `paper ${id}.pdf`,
      mimetype: 'application/x-invented',
      path_depth: 1,
      storagemethod: 0,
      encrypted: 0,
      size: content.length,
      hash: sha3(content),
      date: '2026-01-06 14:00:00',
      revision: '2026-01-06 14:00:00',
      docdate: '2026-01-06',
      owner: 1,
      ...changes,
    };
    documents.push({
      id,
      what,
      row,
      outcome,
      content: isStored ? content : null,
      ...(isStored && { wasEncrypted: false, hashVerified: true }),
      ...expected,
    });
    id++;
  };
  const bytes = (length = 5000): Buffer => randomBytesOf(length, id % 251);

  let content = bytes();
  await add('a plain file with SHA3-512', 'stored', content, content);
  content = bytes();
  await add('a plain file with SHA-1', 'stored', content, content, { hash: sha1(content).toUpperCase() });
  content = bytes();
  await add('a file without a hash', 'stored', content, content, { hash: '' }, { hashVerified: null });
  content = Buffer.concat([Buffer.from('%PDF-1.4\n'), bytes()]);
  await add(
    'a type that the row gives wrong',
    'stored',
    content,
    content,
    { mimetype: 'image/png' },
    {
      contentType: 'application/pdf',
    },
  );
  content = Buffer.from('Grüße, ein Befund.\n'.repeat(40));
  await add(
    'a text that is called nothing',
    'stored',
    content,
    content,
    { mimetype: '' },
    {
      contentType: 'text/plain',
    },
  );
  content = Buffer.alloc(0);
  await add('an empty file', 'stored', content, content);
  content = bytes();
  await add(
    'another hash',
    'hash_mismatch',
    content,
    content,
    { hash: sha3(bytes(10)) },
    { hashVerified: false },
  );
  content = bytes();
  await add('another size', 'size_mismatch', content, content, { size: 4999 });
  await add('a file that is gone', 'missing_source', bytes(), null);
  await add('a directory in its place', 'missing_source', bytes(), null, {
    url: `file://${UPLOADED_TO}/1`,
    path_depth: 0,
  });
  await add('no url', 'missing_source', bytes(), null, { url: null });
  for (const version of [1, 2, 3, 4, 5, 6, 7]) {
    content = bytes();
    await add(
      `encrypted by key version ${version}`,
      'stored',
      content,
      sealFile(version, content),
      { encrypted: 1 },
      {
        wasEncrypted: true,
      },
    );
  }
  content = bytes();
  await add(
    'encrypted by keys on the disk',
    'stored',
    content,
    sealFile(4, content, keysOf(4, 'disk')),
    { encrypted: 1 },
    {
      wasEncrypted: true,
    },
  );
  content = bytes();
  await add(
    'encrypted by keys on the disk that are encrypted',
    'stored',
    content,
    sealFile(6, content, keysOf(6, 'disk')),
    { encrypted: 1 },
    {
      wasEncrypted: true,
    },
  );
  content = bytes(9 * MEGABYTE + 1);
  await add(
    'a large file, encrypted',
    'stored',
    content,
    sealFile(7, content),
    { encrypted: 1 },
    {
      wasEncrypted: true,
    },
  );
  content = bytes(9 * MEGABYTE);
  await add('a large file', 'stored', content, content);
  content = bytes();
  await add(
    'encrypted with another site’s key',
    'decrypt_failed',
    content,
    sealFile(7, content, keysOf(7, 'other')),
    { encrypted: 1 },
  );
  content = bytes();
  await add(
    'encrypted with another site’s first key',
    'decrypt_failed',
    content,
    sealFile(1, content, keysOf(1, 'other')),
    { encrypted: 1 },
  );
  content = bytes();
  const tampered = sealFile(7, content);
  tampered[2000] = tampered[2000] === 0x41 ? 0x42 : 0x41;
  await add('encrypted, and changed since', 'decrypt_failed', content, tampered, { encrypted: 1 });
  content = bytes();
  await add('encrypted, and cut off', 'decrypt_failed', content, sealFile(7, content).subarray(0, 3000), {
    encrypted: 1,
  });
  content = bytes();
  await add(
    'called plain, and encrypted',
    'stored',
    content,
    sealFile(7, content),
    {},
    { wasEncrypted: true },
  );
  content = bytes();
  await add('called encrypted, and plain', 'stored', content, content, { encrypted: 1 });
  content = sealFile(7, bytes(), keysOf(7, 'other'));
  await add('plain, and like an encrypted one', 'stored', content, content);
  for (const [what, onDisk, inRow] of [
    ['a name with umlauts', Buffer.from('Überweisung Knie_1.pdf'), 'Überweisung Knie_1.pdf'],
    [
      'a name that is decomposed on the disk',
      Buffer.from('Ärztin.pdf'.normalize('NFD')),
      'Ärztin.pdf'.normalize('NFC'),
    ],
    ['a name in Latin-1 on the disk', Buffer.from('Größe.pdf', 'latin1'), 'Größe.pdf'],
    ['a name that the database took for Latin-1', Buffer.from('Füße.pdf'), 'FÃ¼ÃŸe.pdf'],
  ] as const) {
    content = bytes();
    const url = `file://${UPLOADED_TO}/2/${inRow}`;
    await add(what, 'stored', content, content, { url }, {}, Buffer.concat([Buffer.from('2/'), onDisk]));
  }
  content = bytes();
  await add(
    'of nobody, in deeper directories',
    'stored',
    content,
    content,
    { foreign_id: 0, path_depth: 2 },
    {},
    'direct/4711/fax.tif',
  );
  content = bytes();
  await add('of a chart that is gone', 'stored', content, content, { foreign_id: 987_654_321 });
  content = bytes();
  await add('called deleted', 'stored', content, content, { deleted: 1 });
  await add('a path that leads up', 'quarantined', bytes(), null, {
    url: `file://${UPLOADED_TO}/../../../../etc/passwd`,
  });
  await add('a link that leads out', 'quarantined', bytes(), null, {
    url: `file://${UPLOADED_TO}/1/hosts.txt`,
  });
  await fs.symlink('/etc/hosts', path.join(root, '1/hosts.txt'));
  await add('an absolute path', 'missing_source', bytes(), null, { url: '/etc/hosts', path_depth: 5 });
  content = bytes();
  await add('a link to the file of another', 'quarantined', content, null, {
    url: `file://${UPLOADED_TO}/3/link.bin`,
    hash: '',
  });
  await write('4/linked.bin', content);
  await fs.mkdir(path.join(root, '3'), { recursive: true });
  await fs.symlink('../4/linked.bin', path.join(root, '3/link.bin'));
  await fs.symlink('4', path.join(root, '5'));
  await add('a directory that is a link within', 'stored', content, null, {
    url: `file://${UPLOADED_TO}/5/linked.bin`,
  });
  execFileSync('mkfifo', [path.join(root, '1/pipe')]);
  await add('a pipe', 'unreadable', bytes(), null, { url: `file://${UPLOADED_TO}/1/pipe` });
  content = Buffer.from('<p>Ein Befund — in der Datenbank 😀</p>\n'.repeat(200));
  await add(
    'in the database',
    'stored',
    content,
    null,
    { type: 'blob', url: '', document_data: content.toString() },
    {
      contentType: 'application/x-invented',
    },
  );
  content = Buffer.from('x'.repeat(60) + '\n').subarray(0, 61);
  content = Buffer.concat(Array.from({ length: 90_000 }, () => content));
  await add('large, in the database', 'stored', content, null, {
    type: 'blob',
    url: '',
    document_data: content.toString(),
  });
  content = Buffer.from('kurz');
  await add(
    'in the database, encrypted',
    'stored',
    content,
    null,
    {
      type: 'blob',
      url: '',
      document_data: sealFile(7, content).toString(),
      encrypted: 1,
    },
    { wasEncrypted: true },
  );
  await add('in the database, and nothing there', 'missing_source', bytes(), null, {
    type: 'blob',
    url: '',
    document_data: null,
  });
  await add('a link to elsewhere', 'external_url', bytes(), null, {
    type: 'web_url',
    url: 'https://images.example/study/7',
    hash: null,
  });
  await add('in CouchDB', 'unsupported', bytes(), null, { storagemethod: 1, couch_docid: 'abc' });

  const strays = ['1/nobody knows.pdf', '99/left.tif'];
  for (const stray of strays) await write(stray, Buffer.from(`stray ${stray}`));
  await write('1/th_700001.png', Buffer.from('a thumbnail'));
  await write('logs_and_misc/log.txt', Buffer.from('a log'));
  await plantKeyFiles(write);
  return { documents, strays };
}

async function plantKeyFiles(write: (relative: string, content: Buffer) => Promise<void>): Promise<void> {
  const directory = 'logs_and_misc/methods';
  for (const name of ['foura', 'fourb'])
    await write(`${directory}/${name}`, Buffer.from(keyOf(`disk ${name}`).toString('base64')));
  for (const name of ['sixa', 'sixb'])
    await write(`${directory}/${name}`, sealFile(7, keyOf(`disk ${name}`)));
}

/** Rows of the table `keys`. */
export function keyRows(): { name: string; value: string }[] {
  return KEY_NAMES.flatMap((name) => (name === 'one' ? [name] : [`${name}a`, `${name}b`])).map((name) => ({
    name,
    value: keyOf(`site ${name}`).toString('base64'),
  }));
}
