/** Codes as the legacy system joins them: `ICD10:E11.9;SNOMED-CT:44054006`. */
import type { Transform } from '../../../mapping/mapping.ts';
import { keepRaw, raiseFlag } from '../../../mapping/row-notes.ts';

interface Code {
  /** In capital letters; null where none was given. */
  system: string | null;
  code: string;
}

const CONTROL = /\p{Cc}/gu;

/** In their order. What has a system and no code is left out: `isWhole` is false then. */
export function parseCodes(text: string): { codes: Code[]; isWhole: boolean } {
  const codes: Code[] = [];
  let isWhole = true;
  for (const part of text.replaceAll(CONTROL, '').split(';')) {
    const colon = part.indexOf(':');
    const system = part.slice(0, Math.max(colon, 0)).trim().toUpperCase();
    const code = part.slice(colon + 1).trim();
    if (code !== '') codes.push({ system: system === '' ? null : system, code });
    else if (system !== '') isWhole = false;
  }
  return { codes, isWhole };
}

/** A jsonb array of `{system, code}`, empty for none. Flags codes without a system, and systems without a code. */
export function codesOf(target: string, source: string): Transform {
  return {
    name: `codesOf(${target}, ${source})`,
    apply: (raw) => {
      const { codes, isWhole } = parseCodes(raw ?? '');
      if (codes.some(({ system }) => system === null)) raiseFlag(`${target}_no_system`);
      if (!isWhole) {
        raiseFlag(`${target}_invalid`);
        keepRaw(source, raw!);
      }
      return JSON.stringify(codes);
    },
  };
}
