/** What becomes of a document. The codes are kept in the ledger and in the target: never rename one. */
export const DOCUMENT_OUTCOMES = {
  stored: 'in the bucket; its hash and size are those of the legacy row, where that has any',
  hash_mismatch: 'in the bucket, but its hash is not the one that the legacy row has',
  size_mismatch: 'in the bucket, but its size is not the one that the legacy row has',
  missing_source: 'its file is not there (of an earlier one the object stays)',
  decrypt_failed: 'encrypted, and no key of the site opens it',
  quarantined: 'its path leads out of DOCUMENTS_ROOT',
  unreadable: 'its file is there and cannot be read',
  unsupported: 'in a store that is not read (CouchDB)',
  external_url: 'a link to somewhere else, which has no file',
  deleted: 'gone from the source, and from the bucket with it',
} as const;

export type DocumentOutcome = keyof typeof DOCUMENT_OUTCOMES;

const FINE: readonly DocumentOutcome[] = ['stored', 'external_url', 'deleted'];

/** Whether nothing is wrong with it. */
export function isFine(outcome: DocumentOutcome): boolean {
  return FINE.includes(outcome);
}
