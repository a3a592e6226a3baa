/**
 * Follows where in the binlog the reader is. Events say where they end in 32 bits only, and MariaDB not even that for
 * those inside a transaction; files of more than 4 GiB come from transactions of more than that.
 */
import { ARTIFICIAL_FLAG, EVENT } from './event-type.ts';

const WRAP = 2 ** 32;

export class BinlogPlace {
  file = '';
  offset = 0;

  /** Takes in one event of `sizeBytes`, checksum included. Throws nothing: a rotation's body is checked by the caller. */
  pass(type: number, flags: number, sizeBytes: number, nextOffset: number): void {
    const isInFile =
      (flags & ARTIFICIAL_FLAG) === 0 && type !== EVENT.heartbeat && type !== EVENT.heartbeatV2;
    const widened = Math.floor(this.offset / WRAP) * WRAP + nextOffset;
    if (!isInFile) {
      // It says how far the source has come, in passing over what the reader has already.
      if (type !== EVENT.rotate && widened > this.offset) this.offset = widened;
    } else if (nextOffset > 0) {
      this.offset = widened < this.offset ? widened + WRAP : widened;
    } else if (type !== EVENT.formatDescription) {
      // (A format description that is sent again for a start in the middle of its file says 0 too.)
      this.offset += sizeBytes;
    }
  }

  /** What a rotation, made up or not, says about what follows it. */
  moveTo(file: string, offset: number): void {
    this.file = file;
    this.offset = offset;
  }
}
