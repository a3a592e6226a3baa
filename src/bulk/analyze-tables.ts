import type { DatabaseSettings } from '../config/settings.ts';
import { throwIfInterrupted } from '../core/retry.ts';
import { qualified } from '../postgres/identifiers.ts';
import { openWatchedTarget } from '../postgres/watched-target.ts';
import type { TableName } from './saved-objects.ts';

interface AnalyzeOptions {
  settings: DatabaseSettings;
  tables: readonly TableName[];
  /** How many connections at once. */
  jobs: number;
  signal: AbortSignal;
}

/** Statistics for the planner. May be run again at any time. Throws what openTarget and a query throw, INTERRUPTED when the signal aborts. */
export async function analyzeTables({ settings, tables, jobs, signal }: AnalyzeOptions): Promise<void> {
  const queue = tables.values();
  const work = async (): Promise<void> => {
    const { target } = await openWatchedTarget(settings, { applicationName: 'transfuse analyze', signal });
    const abandon = (): void => target.abandon();
    signal.addEventListener('abort', abandon, { once: true });
    try {
      for (const { schema, table } of queue) {
        throwIfInterrupted(signal);
        await target.query(`ANALYZE ${qualified(schema, table)}`);
      }
    } finally {
      signal.removeEventListener('abort', abandon);
      await target.close();
    }
  };
  const workers = Array.from({ length: Math.min(jobs, tables.length) }, work);
  const failed = (await Promise.allSettled(workers)).find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
}
