/**
 * Cries while there is still time: when the binlog file that the sync has still to read may be deleted soon, because sync is
 * more than half of the source's retention time behind. Again each hour, as long as it is so.
 */
import type { BinlogPosition } from '../core/position.ts';
import { hoursOf, judgeRetention, RAISE_RETENTION, type BinlogRetention } from '../mysql/binlog-retention.ts';

const AGAIN_MS = 3_600_000;

export class RetentionAlarm {
  readonly #onNote: (text: string) => void;
  #saidAtMs = -Infinity;

  constructor(onNote: (text: string) => void) {
    this.#onNote = onNote;
  }

  /**
   * `committedAtMs` is when the source committed the last transaction that is on the target, by its clock, and `sourceNowMs` what
   * that clock says now: what is still to be read is younger than the one, and deleted when it is older than the retention time.
   */
  judge(
    position: BinlogPosition,
    retention: BinlogRetention,
    { committedAtMs, sourceNowMs }: { committedAtMs: number | null; sourceNowMs: number },
  ): void {
    const now = performance.now();
    if (now - this.#saidAtMs < AGAIN_MS) return;
    const recordedAt = committedAtMs === null ? position.recordedAt : new Date(committedAtMs).toISOString();
    const verdict = judgeRetention({ ...position, recordedAt }, retention, sourceNowMs);
    if (verdict === 'safe') return;
    this.#saidAtMs = now;
    this.#onNote(
      verdict === 'purged'
        ? `The source has deleted the binlog file ${position.file}, where this sync would begin again. Do not stop it before it has caught up. ${RAISE_RETENTION}`
        : `The binlog file ${position.file}, which this sync is reading, may be deleted soon: the source keeps files for ${hoursOf(retention.retentionSeconds ?? 0)} hours, and the sync is more than half of that behind. ${RAISE_RETENTION}`,
    );
  }
}
