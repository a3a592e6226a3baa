/** What kind of note it is, as a code: `LOINC:11506-3`. */
import type { Transform } from '../../../mapping/mapping.ts';
import { setAside } from '../../../mapping/transforms/on-invalid.ts';
import { aside, clean } from '../text.ts';

const CODE = /^(?:(?<system>[\w .-]+):)?\s*(?<code>\S.*)$/su;
const LOINC = /^\d{1,7}-\d$/;
const INVALID = aside('code', 'code');

/** The system, in capitals. A code without one is of LOINC if it looks like that. */
export const noteCodeSystem: Transform = {
  name: 'noteCodeSystem',
  apply: (raw) => parse(raw)?.system ?? null,
};

/** The code. One of no known system is set aside. */
export const noteCode: Transform = {
  name: 'noteCode',
  apply: (raw) => parse(raw)?.code ?? (raw === null || raw.trim() === '' ? null : setAside(INVALID, raw)),
};

function parse(raw: string | null): { system: string; code: string } | null {
  const { system, code } = CODE.exec(clean(raw) ?? '')?.groups ?? {};
  if (code === undefined) return null;
  if (system !== undefined) return { system: system.trim().toUpperCase(), code };
  return LOINC.test(code) ? { system: 'LOINC', code } : null;
}
