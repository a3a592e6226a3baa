import type { ExportFormat } from '../src/config/settings.ts';

const NAME = /\.(csv|ndjson|jsonl|json)(?:\.gz)?$/i;

/** By the name of a file; null for one that is no export. */
export function exportFormatOf(file: string): ExportFormat | null {
  const kind = NAME.exec(file)?.[1]?.toLowerCase();
  if (kind === 'jsonl') return 'ndjson';
  return kind === 'csv' || kind === 'ndjson' || kind === 'json' ? kind : null;
}

/** Without what says its format. */
export function withoutFormat(file: string): string {
  return file.replace(NAME, '');
}
