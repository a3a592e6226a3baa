/** Values of both kinds of messages. The second input of the first two says whether the text is encrypted. */
import type { Transform } from '../../../mapping/mapping.ts';
import { clean } from '../text.ts';
import { bodyFormat } from './note-text.ts';

/** An encrypted text stays as it is. */
export const messageBody: Transform = {
  name: 'messageBody',
  apply: (body, isEncrypted) => (isEncrypted === '1' ? (body ?? null) : clean(body ?? null)),
};

export const messageFormat: Transform = {
  name: 'messageFormat',
  apply: (body, isEncrypted) => (isEncrypted === '1' ? 'encrypted' : bodyFormat.apply(body ?? null)),
};

/** Anything but 0 and NULL. */
export const isDeletedMessage: Transform = {
  name: 'isDeletedMessage',
  apply: (deleted) => (deleted === null || deleted === '0' ? 'f' : 't'),
};
