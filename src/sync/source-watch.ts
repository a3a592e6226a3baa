/**
 * Asks the source at once and then now and then, on a connection of its own, what its clock says, where its binlog ends, and, once a
 * minute or while the target is files behind, which files there are. What fails is tried again next time: the sync does not depend
 * on it.
 */
import type { DatabaseSettings } from '../config/settings.ts';
import { TransfuseError } from '../core/errors.ts';
import { hasPassed, type BinlogPosition } from '../core/position.ts';
import { readBinlogRetention, type BinlogRetention } from '../mysql/binlog-retention.ts';
import { openSource, type SourceConnection } from '../mysql/connection.ts';
import { readBinlogPosition } from '../mysql/position.ts';
import type { LagMeter } from './lag.ts';

const INTERVAL_MS = 5_000;
const FILES_INTERVAL_MS = 60_000;
const ANSWER_TIMEOUT_MS = 30_000;
/** The source sends what it commits within this time, and a heartbeat behind it. */
const ARRIVAL_MS = 2_500;

export interface SourceWatchOptions {
  settings: DatabaseSettings;
  lag: LagMeter;
  /** Where the target is. */
  position(): BinlogPosition;
  /** The source's binlog, each time it was looked at. */
  onRetention(retention: BinlogRetention): void;
}

export class SourceWatch {
  readonly #options: SourceWatchOptions;
  readonly #timer: NodeJS.Timeout;
  #source: SourceConnection | null = null;
  #asking: Promise<void> | null = null;
  #isStopped = false;
  #end: BinlogPosition | null = null;
  #retention: BinlogRetention | null = null;
  #retentionAtMs = -Infinity;
  /** The first end that was seen and that the target has not reached. By performance.now(). */
  #ahead: { end: BinlogPosition; sinceMs: number } | null = null;

  constructor(options: SourceWatchOptions) {
    this.#options = options;
    this.#asking = this.#ask();
    this.#timer = setInterval(() => {
      this.#asking ??= this.#ask();
    }, INTERVAL_MS);
  }

  /** Of the binlog, from the target's position to where it ended when the source was last asked; null where that is not known. */
  get behindBytes(): number | null {
    return bytesBetween(this.#options.position(), this.#end, this.#retention);
  }

  /**
   * How long the source has been known to be ahead, where that is longer than what it commits takes to arrive: then a lag of nought
   * would only mean that nothing comes. Else 0.
   */
  get aheadMs(): number {
    if (this.#ahead && reached(this.#options.position(), this.#ahead.end)) this.#ahead = null;
    const sinceMs = this.#ahead ? performance.now() - this.#ahead.sinceMs : 0;
    return sinceMs > ARRIVAL_MS ? sinceMs : 0;
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
      this.#source ??= await openSource(this.#options.settings, {
        purpose: 'sync watch',
        answerTimeoutMs: ANSWER_TIMEOUT_MS,
      });
      if (this.#isStopped) return;
      const askedAtMs = performance.now();
      const [row] = await this.#source.query<{ now: string }>('SELECT UNIX_TIMESTAMP(NOW(6)) AS now');
      const halfWayMs = (performance.now() - askedAtMs) / 2;
      this.#options.lag.compareClocks(Number(row!.now) * 1000 + halfWayMs);
      const end = await readBinlogPosition(this.#source);
      this.#end = end;
      if (end && !reached(this.#options.position(), end)) this.#ahead ??= { end, sinceMs: performance.now() };
      const isFilesBehind = end !== null && end.file !== this.#options.position().file;
      if (isFilesBehind || performance.now() - this.#retentionAtMs >= FILES_INTERVAL_MS) {
        this.#retention = await readBinlogRetention(this.#source);
        this.#retentionAtMs = performance.now();
        if (!this.#isStopped) this.#options.onRetention(this.#retention);
      }
    } catch {
      this.#source?.destroy();
      this.#source = null;
    } finally {
      this.#asking = null;
    }
  }
}

/** Positions of two servers cannot be compared: then nothing is claimed. */
function reached(position: BinlogPosition, end: BinlogPosition): boolean {
  try {
    return hasPassed(position, end);
  } catch (error) {
    if (error instanceof TransfuseError) return true;
    throw error;
  }
}

/** Bytes of the binlog between two positions of one server; null where the files between them are not known. */
export function bytesBetween(
  from: BinlogPosition,
  to: BinlogPosition | null,
  retention: Pick<BinlogRetention, 'files' | 'fileBytes'> | null,
): number | null {
  if (!to || from.serverUuid !== to.serverUuid) return null;
  if (from.file === to.file) return Math.max(0, Number(to.offset) - Number(from.offset));
  if (!retention) return null;
  const { files, fileBytes } = retention;
  const [first, last] = [files.indexOf(from.file), files.indexOf(to.file)];
  if (first < 0 || last < 0) return null;
  if (first > last) return 0;
  const whole = fileBytes.slice(first, last).reduce((sum, bytes) => sum + bytes, 0);
  return Math.max(0, whole - Number(from.offset) + Number(to.offset));
}
