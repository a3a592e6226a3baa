import type { DocumentRecord, KnownDocument, ObjectToRemove } from '../ledger/documents.ts';
import type { DocumentResult, DocumentTask } from './document-task.ts';

/** What is to be noted of a document, and an object that was stored for nothing. */
export interface Noted {
  record: DocumentRecord;
  useless: ObjectToRemove | null;
}

/**
 * `known` is what the ledger had before: an object whose hash was that of the source row, and still is, is what the row says whatever
 * has become of the file since.
 */
export function noteOf(task: DocumentTask, result: DocumentResult, known: KnownDocument | undefined): Noted {
  const record = recordOf(task, result);
  if (!known || result.outcome === 'stored' || !isStillRight(known, task)) return { record, useless: null };
  const { sourceKey, signature, description } = task;
  const isOfSize = description.sizeBytes === null || description.sizeBytes === known.sizeBytes;
  const outcome = isOfSize ? 'stored' : 'size_mismatch';
  return { record: { ...known, sourceKey, signature, outcome }, useless: otherThan(known, record) };
}

function isStillRight(known: KnownDocument, { description: { place, hash } }: DocumentTask): boolean {
  return (
    place.kind !== 'external' &&
    known.object !== null &&
    known.hashVerified === true &&
    known.expectedHash === hash?.hex
  );
}

function otherThan(
  known: KnownDocument,
  { bucket, object: name, generation }: DocumentRecord,
): ObjectToRemove | null {
  const isOther = name !== null && (name !== known.object || generation !== known.generation);
  return isOther ? { bucket: bucket!, name, generation: generation! } : null;
}

/** As the ledger keeps it. */
function recordOf(task: DocumentTask, { outcome, stored, path }: DocumentResult): DocumentRecord {
  const { targetId, sourceKey, signature, description } = task;
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
    expectedHash: stored && (description.hash?.hex ?? null),
    sourcePath: path && path.toString('hex'),
  };
}
