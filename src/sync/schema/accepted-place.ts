import { TransfuseError } from '../../core/errors.ts';
import { compareFilePlaces, type BinlogPosition } from '../../core/position.ts';

/** A place that the operator has named: one statement there may pass, and no other. */
export interface AcceptedPlace {
  file: string;
  offset: string;
}

/** From `--accept-schema FILE:OFFSET`. Throws USAGE for anything else. */
export function parseAcceptedPlace(text: string): AcceptedPlace {
  const [, file, offset] = /^([^:\s]+\.\d+):(\d{1,15})$/.exec(text.trim()) ?? [];
  if (file !== undefined && offset !== undefined) return { file, offset };
  throw new TransfuseError('USAGE', 'The place given to --accept-schema is not understood.', {
    fix: 'Give it as the message of the stop has it: --accept-schema binlog.000042:1234',
  });
}

/** Throws USAGE where sync is beyond the place already: nothing there waits to be accepted. */
export function refusePassedPlace(place: AcceptedPlace, reached: BinlogPosition): void {
  if ((compareFilePlaces(place, reached) ?? 0) >= 0) return;
  throw new TransfuseError(
    'USAGE',
    `--accept-schema names ${place.file}:${place.offset}, and the target is at ${reached.file}:${reached.offset}, behind it.`,
    { fix: 'Start bin/sync without --accept-schema.' },
  );
}
