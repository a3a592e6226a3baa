import { refuse } from '../../core/reject-reasons.ts';

/**
 * The elements of a one-dimensional array in PostgreSQL's text form: `{a,"b \"c\"",NULL}`. A word NULL without quotes is
 * null. Throws ValueRefused (malformed).
 */
export function parseArrayLiteral(text: string): (string | null)[] {
  if (!text.startsWith('{') || !text.endsWith('}') || text.length < 2) refuse('malformed');
  const body = text.slice(1, -1);
  if (body.trim() === '') return [];
  const elements: (string | null)[] = [];
  // each match is one element with the comma before it; sticky, so that nothing is skipped between two
  const pattern = /(,|^)\s*(?:"((?:[^"\\]|\\[^])*)"|((?:[^",{}\\\s]|\\[^]|\s+(?=[^\s,]))+))\s*(?=,|$)/y;
  let end = 0;
  for (let match = pattern.exec(body); match; match = pattern.exec(body)) {
    const [, , quoted, plain = ''] = match;
    const raw = quoted ?? plain;
    elements.push(quoted === undefined && /^null$/i.test(raw) ? null : raw.replace(/\\([^])/g, '$1'));
    end = pattern.lastIndex;
  }
  if (end !== body.length) refuse('malformed');
  return elements;
}
