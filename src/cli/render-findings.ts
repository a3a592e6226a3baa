import { quantity } from '../core/quantity.ts';
import type { Finding } from '../preflight/finding.ts';
import { style, textWidth, wrap, type OutputStream } from './output.ts';

const INDENT = ' '.repeat(10);

/** Findings for people, failed ones with their reason and remedy. Sections without findings are left out. */
export function renderFindings(
  sections: readonly { title: string; findings: readonly Finding[] }[],
  stream: OutputStream,
): string {
  const shown = sections.filter(({ findings }) => findings.length > 0);
  const blocks = shown.map(({ title, findings }) =>
    [style(stream, 'bold', title), ...findings.map((entry) => renderFinding(entry, stream))].join('\n'),
  );
  return [...blocks, countLine(shown.flatMap(({ findings }) => findings))].join('\n\n');
}

function renderFinding(entry: Finding, stream: OutputStream): string {
  const width = textWidth(stream);
  const paragraph = (text: string) => INDENT + wrap(text, width, INDENT);
  const verdict =
    entry.ok === true
      ? style(stream, 'green', 'ok    ')
      : entry.ok === false
        ? style(stream, 'red', 'FAILED')
        : style(stream, 'yellow', '?     ');
  const lines = [`  ${verdict}  ${wrap(entry.what, width, INDENT)}`];
  if (entry.ok !== true) lines.push(paragraph(entry.why));
  if (entry.remedy !== null) lines.push(paragraph(entry.remedy));
  // Not wrapped: it is meant to be copied.
  if (entry.remedySql !== null)
    lines.push(...entry.remedySql.split('\n').map((line) => `${INDENT}  ${line}`));
  return lines.join('\n');
}

function countLine(findings: readonly Finding[]): string {
  const count = (ok: boolean | null) => findings.filter((entry) => entry.ok === ok).length;
  const parts = [`${count(true)} ok`, `${count(false)} failed`, `${count(null)} cannot be told from here`];
  return `${quantity(findings.length, 'check')}: ${parts.join(', ')}`;
}
