import { VARIABLES } from './schema.ts';
import { SECTIONS, type Section, type VariableDoc } from './variables.ts';

const NOTE = [
  'The configuration of Transfuse. Copy this file to .env and fill it in; the real environment wins over it.',
  'Quote a value that has a # or a space: an unquoted # begins a comment. Commented lines show the default.',
  'Generated from the schema in src/config/schema.ts.',
];

/** The text of `.env.example`. */
export function renderEnvExample(): string {
  const parts = sections().map(([section, variables]) => {
    const lines = variables.flatMap(([name, doc]) => [`# ${sentence(doc)}`, assignment(name, doc)]);
    return [`# --- ${SECTIONS[section]} ---`, '', ...lines].join('\n');
  });
  return `${NOTE.map((line) => `# ${line}`).join('\n')}\n\n${parts.join('\n\n')}\n`;
}

/** The table of the README, in Markdown. */
export function renderConfigTable(): string {
  const parts = sections().map(([section, variables]) => {
    const rows = variables.map(([name, doc]) => `| \`${name}\` | ${shownDefault(doc)} | ${cell(doc)} |`);
    return [
      `**${SECTIONS[section]}**`,
      '',
      '| variable | default | meaning |',
      '| --- | --- | --- |',
      ...rows,
    ].join('\n');
  });
  return parts.join('\n\n');
}

function sections(): [Section, [string, VariableDoc][]][] {
  return (Object.keys(SECTIONS) as Section[]).map((section) => [
    section,
    Object.entries(VARIABLES).filter(([, variable]) => variable.section === section),
  ]);
}

function sentence(doc: VariableDoc): string {
  const unit = doc.unit ? ` [${doc.unit}]` : '';
  return `${doc.describes}${unit}. ${doc.default === null ? 'Required' : 'Takes'}: ${doc.expects}.`;
}

function assignment(name: string, doc: VariableDoc): string {
  if (doc.default === null) return `${name}=`;
  // A default in words, such as another variable's name, is not a value to copy.
  return isValue(doc.default) ? `#${name}=${doc.default}` : `#${name}=  # ${doc.default}`;
}

function isValue(shown: string): boolean {
  return shown === '' || (!/\s/.test(shown) && !shown.startsWith('TARGET_'));
}

function shownDefault(doc: VariableDoc): string {
  if (doc.default === null) return '**required**';
  if (doc.default === '') return 'not set';
  return isValue(doc.default) || doc.default.startsWith('TARGET_') ? `\`${doc.default}\`` : doc.default;
}

function cell(doc: VariableDoc): string {
  const unit = doc.unit ? ` (${doc.unit})` : '';
  return `${doc.describes}${unit}. Takes ${doc.expects}`.replaceAll('|', '\\|');
}
