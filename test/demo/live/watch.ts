/** The end of the demo's live part: lag is measured while changes go on, they end, and the rest arrives. */
import { formatDuration } from '../../../src/telemetry/format.ts';
import { describeWorkload, type FollowOptions, type Following } from './follow.ts';
import { LagProbe, type Lag } from './lag-probe.ts';
import type { CaughtUp } from './migration.ts';

/** About five seconds of them. */
const SAMPLES = 40;

export async function watchAndCatchUp(
  sync: Following,
  { narrator, ends, workload }: FollowOptions,
): Promise<CaughtUp> {
  let lag: Lag | null = null;
  if (workload) {
    // What had piled up before is not lag.
    await sync.untilCaughtUp();
    await using probe = new LagProbe(ends);
    await sync.untilMeasured(probe, SAMPLES);
    lag = probe.lag;
    const counts = await workload.stop();
    narrator.say(`\n   The front desk closes: ${describeWorkload(counts)}.`);
  }
  if (lag) {
    narrator.say(
      `   Lag, from a commit at the source to the same on the target, ${lag.samples} times measured: ${describeLag(lag)}.`,
    );
  }
  const { checkpoint } = await sync.untilAtRest();
  return { changes: (checkpoint?.upserts ?? 0) + (checkpoint?.deletes ?? 0), lag };
}

export function describeLag({ medianMs, maxMs }: Lag): string {
  return `${formatShort(medianMs)} median, ${formatShort(maxMs)} at most`;
}

function formatShort(milliseconds: number): string {
  return milliseconds < 1000 ? `${milliseconds.toFixed(0)} ms` : formatDuration(milliseconds);
}
