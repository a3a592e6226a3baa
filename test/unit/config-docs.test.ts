import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { expect, test } from 'vitest';
import { renderConfigTable, renderEnvExample } from '../../src/config/docs.ts';
import { isVariableName, VARIABLE_NAMES, VARIABLES } from '../../src/config/schema.ts';
import { ERROR_CODES } from '../../src/core/error-codes.ts';
import { renderErrorTable } from '../../src/cli/error-table.ts';

const ROOT = new URL('../../', import.meta.url);
const read = (name: string) => readFileSync(new URL(name, ROOT), 'utf8');

function between(text: string, marker: string): string {
  const start = `<!-- ${marker}:begin -->`;
  const end = `<!-- ${marker}:end -->`;
  return text.slice(text.indexOf(start) + start.length, text.indexOf(end)).trim();
}

// `npm run docs` writes all three.
test('.env.example is what the schema says', () => {
  expect(read('.env.example')).toBe(renderEnvExample());
});

test('the configuration table of the README is what the schema says', () => {
  expect(between(read('README.md'), 'config')).toBe(renderConfigTable());
});

test('the error table of the README is what the code says', () => {
  expect(between(read('README.md'), 'errors')).toBe(renderErrorTable());
  for (const code of Object.keys(ERROR_CODES)) expect(renderErrorTable()).toContain(`\`${code}\``);
});

test('every default that .env.example shows is accepted by the schema', () => {
  const lines = renderEnvExample().split('\n');
  const uncommented = lines.map((line) => (/^#[A-Z]/.test(line) ? line.slice(1) : line)).join('\n');
  const shown = Object.entries(parseEnv(uncommented)).filter(([, value]) => value !== '');
  expect(Object.keys(parseEnv(uncommented)).sort()).toEqual([...VARIABLE_NAMES].sort());
  for (const [name, value] of shown) {
    if (!isVariableName(name)) throw new Error(name);
    expect(VARIABLES[name].parse(value ?? ''), name).toBeDefined();
  }
});
