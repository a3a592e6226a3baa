/** Values as OpenEMR keeps them, in the ways that all services read them: text, dates, local times, options of lists. */
import { refuse, ValueRefused } from '../../core/reject-reasons.ts';
import type { Transform } from '../../mapping/mapping.ts';
import { keepRaw, raiseFlag } from '../../mapping/row-notes.ts';
import { calendarDate, repairDoubleUtf8, wallClock, type OnInvalid } from '../../mapping/transforms/index.ts';
import { IS_NULL, textTransform, unchanged, USE_TEXT } from '../../mapping/transforms/text-transform.ts';
import type { Site } from './site.ts';

/** All but the tabulator, the line feed, and the carriage return, which is seen to before. */
const CONTROL = /[^\P{Cc}\t\n]/gu;
const CARRIAGE_RETURN = /\r\n?/gu;
const repair = repairDoubleUtf8({ flag: 'double_encoded' });

const BLANK = 0x20;
const LAST_PRINTABLE = 0x7e;

/** Printable ASCII without blanks around it: most texts, which stay as they are. */
function isPlain(text: string): boolean {
  const last = text.length - 1;
  if (last < 0 || text.charCodeAt(0) === BLANK || text.charCodeAt(last) === BLANK) return false;
  for (let i = 0; i <= last; i++) {
    const unit = text.charCodeAt(i);
    if (unit < BLANK || unit > LAST_PRINTABLE) return false;
  }
  return true;
}

/** What `txt` makes of a text, for transforms that go on from there. Raises its flags. */
export function clean(raw: string | null): string | null {
  if (raw === null || isPlain(raw)) return raw;
  const repaired = repair.apply(raw)!.replace(CARRIAGE_RETURN, '\n');
  const printable = repaired.replace(CONTROL, '');
  if (printable.length < repaired.length) raiseFlag('control_characters');
  const text = printable.trim();
  return text === '' ? null : text;
}

/**
 * Text without blanks around it, no-break spaces among them, and NULL where nothing is left. Lines end in a line feed. What was UTF-8
 * encoded twice is repaired (flag `double_encoded`), control characters and U+0000 are taken out (flag `control_characters`).
 */
export const txt: Transform = textTransform('txt', clean, (src, start, end, dst, at) => {
  for (let p = start; p < end; p++) {
    const byte = src[p]!;
    if (byte > 0x7e || (byte < 0x20 && byte !== 0x09 && byte !== 0x0a)) return USE_TEXT;
  }
  while (start < end && src[start]! <= 0x20) start++;
  while (end > start && src[end - 1]! <= 0x20) end--;
  return start === end ? IS_NULL : unchanged(src, start, end, dst, at);
});

/** A value that cannot be used is NULL, flagged `<target>_invalid`, and kept under the name of its source column. */
export const aside = (target: string, source: string): Exclude<OnInvalid, 'refuse'> => ({
  flag: `${target}_invalid`,
  keepAs: source,
});

/**
 * A transform whose doubts are flagged `<target>_<doubt>`, and its invalid values `<target>_invalid`:
 * `doubting((policy) => phone('US', policy), 'phone_home', 'phone_home')`
 */
export function doubting(make: (policy: OnInvalid) => Transform, target: string, source: string): Transform {
  const strict = make('refuse');
  const doubtful = make({ flag: target, keepAs: source });
  const invalid = make(aside(target, source));
  return {
    name: `doubting(${invalid.name})`,
    apply: (...inputs) => {
      try {
        return strict.apply(...inputs);
      } catch (error) {
        if (!(error instanceof ValueRefused)) throw error;
        return (error.reason === 'malformed' ? invalid : doubtful).apply(...inputs);
      }
    },
  };
}

/** A transform of one value that sets aside what it would refuse. */
export function forgiving(transform: Transform, target: string, source: string): Transform {
  return {
    name: `forgiving(${transform.name}, ${target}, ${source})`,
    apply: (raw) => {
      try {
        return transform.apply(raw);
      } catch (error) {
        if (!(error instanceof ValueRefused)) throw error;
        raiseFlag(`${target}_invalid`);
        if (raw !== null) keepRaw(source, raw);
        return null;
      }
    },
  };
}

/** A DATE. The zero date is NULL; what is partial or out of bounds is set aside. */
export function day(
  target: string,
  source: string,
  bounds: { notBefore?: string; notAfter?: string } = {},
): Transform {
  return calendarDate(bounds, aside(target, source));
}

/** The day of a DATETIME, as the clock of the site showed it. */
export function dayOfDatetime(target: string, source: string): Transform {
  const date = day(target, source);
  return {
    name: `dayOfDatetime(${date.name})`,
    apply: (raw) => date.apply(raw?.slice(0, 'YYYY-MM-DD'.length) ?? null),
  };
}

/** A DATETIME, which is what a clock at the site showed, as a moment. Flags `<target>_dst_gap` and `<target>_dst_overlap` too. */
export function moment(site: Pick<Site, 'timeZone'>, target: string, source: string): Transform {
  return doubting((policy) => wallClock(site.timeZone, policy), target, source);
}

/** Whether a DATE or DATETIME is set: NULL, the empty text and the zero date are not; a partial date is. */
export function isDateSet(raw: string | null): raw is string {
  return raw !== null && raw !== '' && !raw.startsWith('0000-00-00');
}

/**
 * The key of a row that is nothing without another: the second input is that one's key, and NULL where there is none, which rejects
 * the row (orphan). For a reference that may not be NULL, beside it: NULL and 0 name nothing, and would violate the column's NOT NULL.
 */
export const keyOfDependent: Transform = {
  name: 'keyOfDependent',
  apply: (key, parent) => (parent == null || parent === '0' ? refuse('orphan') : (key ?? null)),
};

/** Beside what a `lookUpOption` finds: the id of an option, in lower case; one that its list has not is kept and flagged. */
export function optionId(target: string, source: string): Transform {
  return {
    name: `optionId(${target}, ${source})`,
    apply: (raw, id, activity) => known(raw, id, activity, target, source)?.toLowerCase() ?? null,
  };
}

/** The same for the title of an option; of one that its list has not it is the id. */
export function optionTitle(target: string, source: string): Transform {
  return {
    name: `optionTitle(${target}, ${source})`,
    apply: (raw, title, activity) => known(raw, title, activity, target, source),
  };
}

function known(
  raw: string | null | undefined,
  found: string | null | undefined,
  activity: string | null | undefined,
  target: string,
  source: string,
): string | null {
  const text = clean(raw ?? null);
  if (text === null) return null;
  if (found == null) {
    raiseFlag(`${target}_unknown_option`);
    keepRaw(source, text);
    return text;
  }
  if (activity === '0') raiseFlag(`${target}_inactive_option`);
  return clean(found) ?? text;
}
