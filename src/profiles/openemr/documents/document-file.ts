/**
 * Where the file of a row of `documents` is. OpenEMR takes the last `path_depth` directories and the name of the file from the url, below
 * the documents of the site as it is now; the rest of the url is where they were at upload.
 */
import type { DocumentDescription, DocumentPlace } from '../../../mapping/document-source.ts';

type Row = Readonly<Record<string, string | null>>;

const SCHEME = /^file:\/\//;
const EITHER_SLASH = /[/\\]/;
const COUCH_DB = '1';
const HEXADECIMAL = /^[0-9a-f]+$/i;
const WHOLE = /^\d+$/;

/** What describeDocument() reads, of the columns that every version has. */
export const INPUTS = [
  'type',
  'url',
  'path_depth',
  'storagemethod',
  'hash',
  'size',
  'encrypted',
  'foreign_id',
  'mimetype',
] as const;

export function describeDocument(row: Row): DocumentDescription {
  const { foreign_id: pid = null, encrypted, mimetype = null, size } = row;
  return {
    place: placeOf(row),
    owner: pid === null || pid === '0' ? null : { entity: 'patient_data', key: pid },
    hash: hashOf(row['hash'] ?? ''),
    sizeBytes: size != null && WHOLE.test(size) ? Number(size) : null,
    isSealed: encrypted != null && encrypted !== '0',
    contentType: mimetype,
  };
}

function placeOf(row: Row): DocumentPlace {
  const url = row['url'] ?? '';
  if (row['type'] === 'web_url') return { kind: url.trim() === '' ? 'nowhere' : 'external' };
  if (url.split(EITHER_SLASH).includes('..')) return { kind: 'quarantined' };
  if (row['type'] === 'blob') return { kind: 'column', column: 'document_data' };
  if (row['storagemethod'] === COUCH_DB) return { kind: 'unsupported' };
  const names = url
    .replace(SCHEME, '')
    .split('/')
    .filter((name) => name !== '' && name !== '.');
  const depth = Number(row['path_depth'] ?? 1);
  const path = names.slice(-1 - Math.max(depth, 0));
  if (path.length === 0) return { kind: 'nowhere' };
  return path.some((name) => name.includes('\0')) ? { kind: 'quarantined' } : { kind: 'file', path };
}

/** SHA-1 in up to 50 characters, else SHA3-512; what is neither cannot be compared. */
function hashOf(raw: string): DocumentDescription['hash'] {
  const hex = raw.trim();
  if (!HEXADECIMAL.test(hex)) return null;
  if (hex.length === 40) return { algorithm: 'sha1', hex: hex.toLowerCase() };
  return hex.length === 128 ? { algorithm: 'sha3-512', hex: hex.toLowerCase() } : null;
}

/** Directories that hold other things than documents; a name of a patient's is a number. */
const OTHER_DIRECTORIES = new Set([
  'certificates',
  'couchdb',
  'custom_menus',
  'edi',
  'era',
  'letter_templates',
  'logs_and_misc',
  'onsite_portal_documents',
  'smarty',
  'temp',
]);

/** Thumbnails are made again by who needs them. */
export function isOtherFile(path: readonly string[]): boolean {
  const [first = '', ...rest] = path;
  return OTHER_DIRECTORIES.has(first) || (rest.at(-1) ?? first).startsWith('th_');
}
