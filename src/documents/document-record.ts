import type { DocumentRecord } from '../ledger/documents.ts';
import type { DocumentResult, DocumentTask } from './document-task.ts';

/** As the ledger keeps it. */
export function recordOf(task: DocumentTask, { outcome, stored, path }: DocumentResult): DocumentRecord {
  const { targetId, sourceKey, signature } = task;
  return {
    targetId,
    sourceKey,
    signature,
    outcome,
    bucket: stored?.bucket ?? null,
    object: stored?.object ?? null,
    generation: stored?.generation ?? null,
    sizeBytes: stored?.sizeBytes ?? null,
    crc32c: stored?.crc32c ?? null,
    sha256: stored?.sha256 ?? null,
    contentType: stored?.contentType ?? null,
    wasSealed: stored?.wasSealed ?? false,
    hashVerified: stored?.hashVerified ?? null,
    sourcePath: path && path.toString('hex'),
  };
}
