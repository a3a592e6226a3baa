import { ERROR_CODES } from '../core/error-codes.ts';

/** The table of error codes in the README, in Markdown. */
export function renderErrorTable(): string {
  const rows = Object.entries(ERROR_CODES).map(
    ([code, { exit, cause, fix }]) => `| \`${code}\` | ${exit} | ${cell(cause)} | ${cell(fix)} |`,
  );
  return ['| code | exit | what it means | what to do |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
