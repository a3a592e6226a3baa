import type { ProgressModel, ProgressSnapshot } from '../telemetry/progress.ts';
import type { Output } from './output.ts';
import { renderLastLine, renderProgressLine } from './progress-lines.ts';

const BARS_INTERVAL_MS = 200;
const LINES_INTERVAL_MS = 5_000;

/**
 * Shows the model until it is stopped: live bars on a terminal, otherwise a line every five seconds and a last one at
 * the end, or nothing. Keeps no process alive. Stopping twice is harmless.
 */
export async function startProgressDisplay(model: ProgressModel, output: Output): Promise<{ stop(): void }> {
  if (output.progressMode === 'silent') return { stop: () => {} };
  return output.progressMode === 'bars' ? showBars(model, output) : showLines(model, output);
}

async function showBars(model: ProgressModel, output: Output): Promise<{ stop(): void }> {
  const { createProgressBars } = await import('./progress-bars.ts');
  const bars = createProgressBars(output.stream);
  const draw = () => bars.show(model.snapshot());
  const timer = setInterval(draw, BARS_INTERVAL_MS).unref();
  const end = () => {
    clearInterval(timer);
    bars.stop();
  };
  const release = output.lend({ print: bars.print, stop: end });
  draw();
  let isOn = true;
  const stop = () => {
    if (isOn) release();
    isOn = false;
  };
  return { stop };
}

function showLines(model: ProgressModel, output: Output): { stop(): void } {
  let last = '';
  const print = (render: (snapshot: ProgressSnapshot) => string) => {
    const snapshot = model.snapshot();
    // Before the tables are known there is nothing to tell.
    const line = snapshot.total.tables === 0 ? '' : render(snapshot);
    if (line !== last) output.info(line);
    last = line;
  };
  const timer = setInterval(() => print(renderProgressLine), LINES_INTERVAL_MS).unref();
  let isOn = true;
  const stop = () => {
    if (isOn) print(renderLastLine);
    isOn = false;
    clearInterval(timer);
  };
  return { stop };
}
