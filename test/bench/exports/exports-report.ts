import { machine } from '../report.ts';
import { median } from '../measure/statistics.ts';
import type { ExportsResult } from './exports-bench.ts';

export function exportsResultDocument(result: ExportsResult, rounds: number): object {
  return { machine: machine(), rounds, ...result };
}

export function renderExportsMarkdown({ rows, formats }: ExportsResult, rounds: number): string {
  const lines = formats.map(({ title, parser, runs }) => {
    const of = (pick: (run: (typeof runs)[number]) => number): number => median(runs.map(pick));
    const ratios = runs.map(({ ours, parser: alone }) => ours / alone);
    const ratio = `${median(ratios).toFixed(2)} (${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)})`;
    return `| ${title} | ${thousands(of(({ ours }) => ours))} | ${parser} | ${thousands(of((run) => run.parser))} | ${ratio} |`;
  });
  const { cores, model, memoryGb } = machine();
  return [
    `${cores} cores (${model}), ${memoryGb} GB, Node ${process.versions.node}; ${rows.toLocaleString('en-US')} rows of 8 columns, medians of ${rounds} rounds; up to the rows as COPY takes them`,
    '',
    '| exports | rows/s | beside | rows/s | ratio |',
    '| --- | --: | --- | --: | --: |',
    ...lines,
    '',
  ].join('\n');
}

function thousands(rate: number): string {
  return `${Math.round(rate / 1000)} k`;
}
