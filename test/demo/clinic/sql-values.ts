/** Values as SQL of the source. */

const ESCAPED = /[\\'\0]/g;

export function text(value: string | null): string {
  if (value === null) return 'NULL';
  return `'${value.replace(ESCAPED, (character) => (character === '\0' ? '\\0' : `\\${character}`))}'`;
}

export function number(value: number | null): string {
  return value === null ? 'NULL' : String(value);
}

const DAY_MS = 86_400_000;
const FIRST_DAY_MS = Date.UTC(2004, 0, 1);

/** `2004-01-01` is day 0. */
export function day(number: number): string {
  return new Date(FIRST_DAY_MS + number * DAY_MS).toISOString().slice(0, 10);
}

/** `08:05:00`, from minutes. */
export function clock(minutes: number): string {
  return `${twoDigits(Math.floor(minutes / 60))}:${twoDigits(minutes % 60)}:00`;
}

export function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
