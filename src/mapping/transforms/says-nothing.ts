/**
 * Words that people write into a field to say that there is nothing to write. `declined` and `refused` are not among them:
 * they say something.
 */
const NOTHING = new Set(
  'na n/a n.a. n.a none null nil no nope unknown unk noemail nophone nossn nonpi no-email no-phone'.split(
    ' ',
  ),
);
const FILLERS_ONLY = /^[-–—._/?*#\s]*$/u;
const LONGEST = 16;

/** Whether a text is blank, made of dashes and the like, or one of these words. */
export function saysNothing(text: string): boolean {
  if (FILLERS_ONLY.test(text)) return true;
  return text.length <= LONGEST && NOTHING.has(text.toLowerCase().replaceAll(/\s/gu, ''));
}
