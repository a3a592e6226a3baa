/** `pc_recurrspec`, as the calendar of OpenEMR writes it. */
import { phpSerialize } from './php-serialize.ts';

export interface RecurrenceKeys {
  event_repeat_freq: string;
  event_repeat_freq_type: string;
  event_repeat_on_num: string;
  event_repeat_on_day: string;
  event_repeat_on_freq: string;
  exdate: string;
}

const NONE: RecurrenceKeys = {
  event_repeat_freq: '0',
  event_repeat_freq_type: '0',
  event_repeat_on_num: '1',
  event_repeat_on_day: '0',
  event_repeat_on_freq: '0',
  exdate: '',
};

/** The spec with these keys changed; that of an event that does not repeat where none is. */
export function recurrenceSpec(keys: Partial<RecurrenceKeys> = {}): string {
  return phpSerialize({ ...NONE, ...keys });
}

/** `pc_location`: never filled in. */
export const NO_LOCATION = phpSerialize({
  event_location: '',
  event_street1: '',
  event_street2: '',
  event_city: '',
  event_state: '',
  event_postal: '',
});
