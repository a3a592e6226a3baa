/**
 * Ready-made transforms for profiles. All are pure, and leave NULL as it is unless they say otherwise. Those that check take
 * what becomes of a bad value (`OnInvalid`).
 */
export { calendarDate } from './calendar-date.ts';
export { chain } from './chain.ts';
export { digits, keepOnly, mask } from './characters.ts';
export { code } from './code.ts';
export { repairDoubleUtf8 } from './double-encoding.ts';
export { email } from './email.ts';
export { encryptField } from './encrypt-field.ts';
export { lower, titleCase, upper } from './letter-case.ts';
export { minorUnits, money } from './money.ts';
export { isValidNpi, npi } from './npi.ts';
export type { OnInvalid } from './on-invalid.ts';
export { passwordScheme } from './password-scheme.ts';
export { phone } from './phone.ts';
export { parsePhpSerialized, type PhpArray, type PhpValue } from './php-serialized.ts';
export { phpSerialized } from './php-to-json.ts';
export { splitList } from './split-list.ts';
export { ssnDigits, ssnLast4 } from './ssn.ts';
export { fahrenheitToCelsius, inchesToCm, poundsToKg } from './units.ts';
export { wallClock, wallClockDateTime } from './wall-clock.ts';
export { nullIfEmpty, trim } from './whitespace.ts';
export { yesNo } from './yes-no.ts';
