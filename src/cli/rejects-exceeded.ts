import { TransfuseError } from '../core/errors.ts';
import { quantity } from '../core/quantity.ts';

/** A document that something is wrong with counts as a rejected row does. */
export function rejectsExceeded(rows: number, documents: number, maxRejects: number): TransfuseError {
  const parts = [
    ...(rows > 0 ? [quantity(rows, 'row is rejected', 'rows are rejected')] : []),
    ...(documents > 0
      ? [quantity(documents, 'document is not as it should be', 'documents are not as they should be')]
      : []),
  ];
  const rest = documents > 0 ? 'All others are moved.' : 'All other rows are loaded.';
  return new TransfuseError(
    'REJECTS_EXCEEDED',
    `${parts.join(', ')}, and MAX_REJECTS allows ${maxRejects}. ${rest}`,
    {
      where: { ...(rows > 0 && { rejects: rows }), ...(documents > 0 && { documents }) },
      ...(rows === 0 && {
        fix: 'Look at transfuse.documents in the target, mend the files or give their keys, then run bin/bulk documents; or allow so many with MAX_REJECTS.',
      }),
    },
  );
}
