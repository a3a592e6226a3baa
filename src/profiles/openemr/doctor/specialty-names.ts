/** Specialties by their names: what staff typed, against the names of a list. */

const DASHES = /[\u2010-\u2015\u2212]/gu;

/** Case, blanks and kinds of dashes make no difference. */
export function foldName(name: string): string {
  return name
    .normalize('NFKC')
    .replaceAll(DASHES, '-')
    .replaceAll(/\s*-\s*/gu, '-')
    .replaceAll(/\s+/gu, ' ')
    .trim()
    .toLowerCase();
}

/** The names in a text that may hold several, with semicolons between them. */
export function namesIn(text: string | null): ReadonlySet<string> {
  return new Set(
    (text ?? '')
      .split(';')
      .map(foldName)
      .filter((name) => name !== ''),
  );
}

/** `options` are pairs of code and name. The codes whose names are in the text, in order. */
export function codesByName(text: string | null, options: readonly (readonly [string, string])[]): string[] {
  const names = namesIn(text);
  const codes = options.filter(([, name]) => names.has(foldName(name))).map(([code]) => code);
  return [...new Set(codes)].sort();
}
