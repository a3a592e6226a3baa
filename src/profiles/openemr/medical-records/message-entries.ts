/** A note of staff is a whole conversation in one text: each entry begins with `2026-01-06 15:20 (admin to desk20) `. */
import type { Transform } from '../../../mapping/mapping.ts';
import { wallClock } from '../../../mapping/transforms/index.ts';
import type { Site } from '../site.ts';
import { clean } from '../text.ts';

interface Entry {
  at: string | null;
  from: string | null;
  to: string | null;
  text: string;
}

const HEAD = /^(?<at>\d{4}-\d{2}-\d{2} \d{2}:\d{2}) \((?<from>[^()\n]*?)(?: to (?<to>[^()\n]*))?\)[ \t]?/gmu;

/**
 * The entries as JSON, in their order; what stands before the first head has no time and nobody it is from. NULL where the text has no
 * head at all, or is encrypted (the second input). A time that is in no calendar stays in its text. Flags `entries_dst_gap` and
 * `entries_dst_overlap`.
 */
export function messageEntries(site: Pick<Site, 'timeZone'>): Transform {
  const clock = wallClock(site.timeZone, { flag: 'entries', keepAs: null });
  const momentOf = (at: string): string | null => clock.apply(`${at}:00`)?.replace(' ', 'T') ?? null;
  return {
    name: `messageEntries(${clock.name})`,
    apply: (body, isEncrypted) => {
      const text = isEncrypted === '1' ? null : clean(body);
      const heads = text === null ? [] : [...text.matchAll(HEAD)];
      if (text === null || heads.length === 0) return null;
      const before = text.slice(0, heads[0]!.index).trim();
      const entries: Entry[] = before === '' ? [] : [{ at: null, from: null, to: null, text: before }];
      for (const [index, head] of heads.entries()) {
        const { at = '', from = '', to } = head.groups!;
        const rest = text.slice(head.index + head[0].length, heads[index + 1]?.index).trim();
        const moment = momentOf(at);
        entries.push({
          at: moment,
          from: nameOf(from),
          to: nameOf(to),
          text: moment === null ? `${at} ${rest}`.trim() : rest,
        });
      }
      return JSON.stringify(entries);
    },
  };
}

function nameOf(name: string | undefined): string | null {
  const text = name?.trim() ?? '';
  return text === '' ? null : text;
}
