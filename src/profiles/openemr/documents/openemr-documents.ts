import type { DocumentSource } from '../../../mapping/document-source.ts';
import type { Site } from '../site.ts';
import { describeDocument, INPUTS, isOtherFile } from './document-file.ts';
import { KeyRing } from './key-ring.ts';
import { looksSealed } from './sealed-file.ts';

/** The documents of a site: those that rows of `documents` stand for. */
export function openemrDocuments(site: Site): DocumentSource[] {
  return [
    {
      mapping: 'documents',
      inputs: INPUTS.filter((column) => site.has('documents', column)),
      describe: describeDocument,
      columns: {
        state: 'storage_state',
        bucket: 'gcs_bucket',
        object: 'gcs_object',
        generation: 'gcs_generation',
        sizeBytes: 'size_bytes',
        sha256: 'sha256',
        crc32c: 'crc32c',
        contentType: 'sniffed_mime_type',
        hashVerified: 'legacy_hash_verified',
        wasSealed: 'was_encrypted',
      },
      seal: { looksSealed, open: (vault) => KeyRing.open(vault) },
      isOtherFile,
    },
  ];
}
