import { TransfuseError } from '../core/errors.ts';

/** Throws what is to be said when the root itself is not to be had. */
export function rootMissing(): TransfuseError {
  return new TransfuseError(
    'DOCUMENTS_ROOT_UNUSABLE',
    'DOCUMENTS_ROOT is not a directory that can be read by this user.',
  );
}

export function rootLost(): TransfuseError {
  return new TransfuseError(
    'DOCUMENTS_ROOT_LOST',
    'DOCUMENTS_ROOT is not the directory that it was: it was another one when the command began, or has none of the files that were found there before. It may have been unmounted. No document was called missing for it.',
  );
}
