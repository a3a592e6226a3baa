/** Values that the application lets pass, mostly clean ones among them. All are stored with sql_mode = '', some as others. */
import { day } from '../../../demo/clinic/sql-values.ts';
import type { Random } from '../../../demo/clinic/random.ts';
import { encodedTwice } from '../../../demo/clinic/vocabulary.ts';
import { ABSENT } from '../traps/trap.ts';

/** The last two are stored as a zero date. */
const BAD_DATES = ['0000-00-00', '1999-05-00', '2031-00-00', '2126-01-01', '2026-02-31', ''] as const;

const BAD_TEXTS = [
  '  nicht getrimmt \u00a0',
  encodedTwice('Müller, José'),
  '<p>red &amp;amp; <b>hot</b><script>x</script></p>',
  'nul\0 bell\u0007 escape\u001b',
  'vier Bytes 🙂 je Zeichen',
  String.raw`C:\scans\old 'quoted' "twice"`,
  '',
] as const;

const BAD_PHONES = ['none', 'n/a', '555-0100 x251', '212 555 0100 / 917 555 0111', '000-000-0000', '+', ''];
const BAD_MAILS = ['none', 'p@', 'a b@mail.example', 'one@mail.example; two@mail.example', '  ', ''];
const BAD_NUMBERS = ['', 'abc', '-1', '1e3', ' 7 '];

/** Of `day()`, as a date. */
export function someDate(random: Random, on: number): string {
  return random.percent(5) ? random.pick(BAD_DATES) : day(on);
}

export function someDateTime(random: Random, on: number, time: string): string {
  const date = someDate(random, on);
  return date === '' ? '' : `${date} ${time}`;
}

export function someText(random: Random, clean: readonly string[]): string {
  return random.pick(random.percent(10) ? BAD_TEXTS : clean);
}

export function somePhone(random: Random): string {
  if (random.percent(20)) return random.pick(BAD_PHONES);
  return `(212) 555-01${random.between(10, 99)}`;
}

export function someMail(random: Random, name: string): string {
  return random.percent(20) ? random.pick(BAD_MAILS) : `${name}@mail.example`;
}

/** For a column of whole numbers, where it is stored as another, or for one of texts. */
export function someNumber(random: Random, clean: number): number | string {
  return random.percent(6) ? random.pick(BAD_NUMBERS) : clean;
}

/** A reference, now and then to nothing: what was deleted, or was never chosen. */
export function someReference(random: Random, id: number): number {
  if (random.percent(2)) return ABSENT;
  return random.percent(2) ? 0 : id;
}
