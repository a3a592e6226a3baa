/** Values of vaccinations. */
import type { Transform } from '../../../mapping/mapping.ts';
import { keepRaw, raiseFlag } from '../../../mapping/row-notes.ts';
import { clean } from '../text.ts';

const CVX = /^(?:CVX:)?0*(\d{1,4})$/i;

/** A CVX code with two digits at least, in which the legacy system is not consistent. 0 is none. */
export const cvxCode: Transform = {
  name: 'cvxCode',
  apply: (raw) => {
    const text = clean(raw ?? null);
    if (text === null || /^0+$/.test(text)) return null;
    const [, digits] = CVX.exec(text) ?? [];
    if (digits !== undefined) return digits.padStart(2, '0');
    raiseFlag('cvx_code_invalid');
    keepRaw('cvx_code', raw!);
    return null;
  },
};

const STATUS: ReadonlyMap<string, string> = new Map([
  ['completed', 'completed'],
  ['refused', 'refused'],
  ['not_administered', 'not_done'],
  ['partially_administered', 'partial'],
]);

/**
 * Of the switch for what was entered by mistake, the option of how it was completed, and the reason why it was refused. The legacy
 * system asks for the option only since it has it: without one the vaccine was given, unless there is a reason why not.
 */
export const immunizationStatus: Transform = {
  name: `immunizationStatus(${JSON.stringify([...STATUS])})`,
  apply: (addedErroneously, completion, refusalReason) => {
    const option = clean(completion ?? null);
    const isError = addedErroneously != null && addedErroneously !== '0';
    if (option === null) {
      if (isError) return 'entered_in_error';
      return clean(refusalReason ?? null) === null ? 'completed' : 'refused';
    }
    const status = STATUS.get(option.toLowerCase().replaceAll(' ', '_'));
    if (status === undefined) raiseFlag('status_unknown_option');
    if (status === undefined || isError) keepRaw('completion_status', completion!);
    return isError ? 'entered_in_error' : (status ?? 'unknown');
  },
};

const DECIMALS = 4;
const FLOAT_DIGITS = 7;
const MAX_DOSE = 1e8;

/** A FLOAT as the decimal that was meant, for numeric(12,4). 0 is what an empty field has become. */
export const doseAmount: Transform = {
  name: `doseAmount(${DECIMALS})`,
  apply: (raw) => {
    if (raw === null || raw === '') return null;
    const meant = Number(Number(raw).toPrecision(FLOAT_DIGITS));
    if (meant === 0) return null;
    const rounded = meant.toFixed(DECIMALS);
    if (meant > 0 && meant < MAX_DOSE && Number(rounded) === meant) return trimZeros(rounded);
    raiseFlag('dose_amount_invalid');
    keepRaw('amount_administered', raw);
    return null;
  },
};

function trimZeros(decimal: string): string {
  return decimal.replace(/\.?0+$/, '');
}
