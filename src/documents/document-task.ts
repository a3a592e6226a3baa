import type { DocumentOutcome } from '../core/document-outcomes.ts';
import type { DocumentDescription } from '../mapping/document-source.ts';

/** A document that is to be looked at. */
export interface DocumentTask {
  /** Id of its row in the target. */
  targetId: string;
  /** Of its row in the source. */
  sourceKey: string;
  /** Of what the source row says of the file. */
  signature: string;
  description: DocumentDescription;
  /** SHA-256 of a content that lies in the row, as the source gives it; null for others. */
  rowContentSha256: string | null;
}

/** What became of it. */
export interface DocumentResult {
  outcome: DocumentOutcome;
  /** null where there is no object. */
  stored: StoredDocument | null;
  /** Of a file: below the root, as it is spelled there. */
  path: Buffer | null;
}

export interface StoredDocument {
  bucket: string;
  object: string;
  generation: string;
  sizeBytes: number;
  crc32c: string;
  sha256: string;
  contentType: string;
  wasSealed: boolean;
  hashVerified: boolean | null;
}
