/** Where a document is, as far as its row says: the transforms take its type and its url, then its name where there is a column. */
import type { Transform } from '../../../mapping/mapping.ts';
import { clean } from '../text.ts';

const LINK = 'web_url';
const SEPARATOR = /[/\\]/;

/** A name to show; a document without any is called by its number. */
export const documentName: Transform = {
  name: 'documentName',
  apply: (id, type, url, name) =>
    clean(name ?? null) ?? lastPart(type, url) ?? clean(url ?? null) ?? `Document ${id ?? ''}`,
};

/** What its file was called when it was uploaded; a link has no file. */
export const originalFilename: Transform = {
  name: 'originalFilename',
  apply: (type, url, name) => (type === LINK ? null : (clean(name ?? null) ?? lastPart(type, url))),
};

export const externalUrl: Transform = {
  name: 'externalUrl',
  apply: (type, url) => (type === LINK ? clean(url ?? null) : null),
};

/** As it was: whoever looks for the file needs each character. */
export const legacyUrl: Transform = {
  name: 'legacyUrl',
  apply: (type, url) => (type === LINK || url === undefined || url === '' ? null : url),
};

export const isDeletedDocument: Transform = {
  name: 'isDeletedDocument',
  apply: (deleted) => (deleted === null || deleted === '0' ? 'f' : 't'),
};

function lastPart(type: string | null | undefined, url: string | null | undefined): string | null {
  if (type === LINK || url == null) return null;
  return clean(url.split(SEPARATOR).at(-1) ?? null);
}
