/**
 * Zstandard for MySQL's compressed transactions; Node has none before 22.15. Piece by piece: what is in memory is a window of the
 * frame (2 MiB at MySQL's usual levels) and what `INPUT_BYTES` expand to, some 32 MiB at the very most.
 */
import { Decompress } from 'fzstd';

const INPUT_BYTES = 1024;

/** The expanded bytes, in pieces that stay valid. Throws where the frame is damaged: whatever the library then throws. */
export function* expandZstd(packed: Buffer): Generator<Buffer> {
  let pieces: Uint8Array[] = [];
  const stream = new Decompress((piece) => pieces.push(piece));
  for (let at = 0; at < packed.length; at += INPUT_BYTES) {
    const end = Math.min(at + INPUT_BYTES, packed.length);
    stream.push(packed.subarray(at, end), end === packed.length);
    for (const { buffer, byteOffset, byteLength } of pieces)
      yield Buffer.from(buffer, byteOffset, byteLength);
    pieces = [];
  }
}
