/** The live display: a bar for each running table and one for the total, at the bottom of the terminal. */
import { MultiBar, type SingleBar } from 'cli-progress';
import { quantity } from '../core/quantity.ts';
import { formatCount } from '../telemetry/format.ts';
import type { ProgressSnapshot, TableProgress } from '../telemetry/progress.ts';
import type { LiveDisplay, OutputStream } from './output.ts';
import { describeRates, percent, runningTables } from './progress-lines.ts';

/** More bars than this would push the total off a small terminal; the total counts the rest. */
const MAX_BARS = 8;
const NAME_WIDTH = 24;
const SCALE = 1000;

export interface ProgressBars extends LiveDisplay {
  show(snapshot: ProgressSnapshot): void;
}

export function createProgressBars(stream: OutputStream): ProgressBars {
  const bars = new MultiBar({
    stream,
    format: '{name} {bar} {percent}  {rows}  {rates}',
    barsize: 24,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    hideCursor: true,
    clearOnComplete: true,
    linewrap: false,
    forceRedraw: true,
    // Drawn when shown, by the caller's clock; the library's own timer only repeats the same.
    fps: 5,
    autopadding: false,
    gracefulExit: false,
  });
  const byTable = new Map<string, SingleBar>();
  const total = bars.create(SCALE, 0, payload('total', 0, 0, '', 0));
  return {
    show: ({ phase, tables, total: sum }) => {
      // Before the tables are known there is nothing to tell.
      if (sum.tables === 0) return;
      const running = runningTables(tables).slice(0, MAX_BARS);
      const names = new Set(running.map((table) => table.table));
      for (const [name, bar] of byTable) {
        if (names.has(name)) continue;
        bars.remove(bar);
        byTable.delete(name);
      }
      for (const table of running) {
        const bar = byTable.get(table.table) ?? bars.create(SCALE, 0, payload(table.table, 0, 0, '', 0));
        byTable.set(table.table, bar);
        bar.update(table.fraction * SCALE, tablePayload(table));
      }
      const name = `total ${sum.tablesDone}/${quantity(sum.tables, 'table')}`;
      total.update(
        sum.fraction * SCALE,
        payload(name, sum.fraction, sum.rows, phase ?? describeRates(sum), sum.rejected),
      );
    },
    print: (line) => bars.log(`${line}\n`),
    stop: () => bars.stop(),
  };
}

function tablePayload(table: TableProgress) {
  return payload(table.table, table.fraction, table.rows, describeRates(table), table.rejected);
}

function payload(name: string, fraction: number, rows: number, rates: string, rejected: number) {
  const characters = [...name];
  const shown = characters.length > NAME_WIDTH ? `${characters.slice(0, NAME_WIDTH - 1).join('')}…` : name;
  return {
    name: shown + ' '.repeat(NAME_WIDTH - [...shown].length),
    percent: percent(fraction).padStart(7),
    rows: `${quantity(rows, 'row')}${rejected > 0 ? `, ${formatCount(rejected)} rejected` : ''}`,
    rates,
  };
}
