/**
 * Asks the source now and then, on a connection of its own, what its clock says and where its binlog ends. What fails is tried
 * again next time: the sync does not depend on it.
 */
import type { DatabaseSettings } from '../config/settings.ts';
import type { BinlogPosition } from '../core/position.ts';
import { openSource, type SourceConnection } from '../mysql/connection.ts';
import { readBinlogPosition } from '../mysql/position.ts';
import type { LagMeter } from './lag.ts';

const INTERVAL_MS = 5_000;
const ANSWER_TIMEOUT_MS = 30_000;

export class SourceWatch {
  readonly #settings: DatabaseSettings;
  readonly #lag: LagMeter;
  readonly #timer: NodeJS.Timeout;
  #source: SourceConnection | null = null;
  #asking: Promise<void> | null = null;
  #isStopped = false;
  /** Where the binlog ended when the source was last asked; null before. */
  end: BinlogPosition | null = null;

  constructor(settings: DatabaseSettings, lag: LagMeter) {
    this.#settings = settings;
    this.#lag = lag;
    this.#timer = setInterval(() => {
      this.#asking ??= this.#ask();
    }, INTERVAL_MS);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearInterval(this.#timer);
    this.#source?.destroy();
    await this.#asking;
    this.#source?.destroy();
  }

  async #ask(): Promise<void> {
    try {
      this.#source ??= await openSource(this.#settings, {
        purpose: 'sync watch',
        answerTimeoutMs: ANSWER_TIMEOUT_MS,
      });
      if (this.#isStopped) return;
      const askedAtMs = performance.now();
      const [row] = await this.#source.query<{ now: string }>('SELECT UNIX_TIMESTAMP(NOW(6)) AS now');
      const halfWayMs = (performance.now() - askedAtMs) / 2;
      this.#lag.compareClocks(Number(row!.now) * 1000 + halfWayMs);
      this.end = await readBinlogPosition(this.#source);
    } catch {
      this.#source?.destroy();
      this.#source = null;
    } finally {
      this.#asking = null;
    }
  }
}

/** Bytes of the binlog between two positions; null across files, whose sizes are not known here. */
export function bytesBetween(from: BinlogPosition, to: BinlogPosition | null): number | null {
  if (!to || from.file !== to.file) return null;
  return Math.max(0, Number(to.offset) - Number(from.offset));
}
