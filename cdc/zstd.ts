/** Zstandard for MySQL's compressed transactions; Node has none before 22.15. The expanded bytes come all at once. */
import { decompress, init } from '@bokuweb/zstd-wasm';

const MAGIC = 0xfd2fb528;

/** Must have resolved before `expandZstd` is called. Safe to call again. */
export function loadZstd(): Promise<void> {
  return (loading ??= init());
}
let loading: Promise<void> | undefined;

/** Memory of its own, of exactly `expandedBytes`; null where the frame is damaged or of another size. */
export function expandZstd(packed: Buffer, expandedBytes: number): Buffer | null {
  const saidBytes = frameContentBytes(packed);
  // The library allocates what the frame says; it must not say more than the caller has allowed.
  if (saidBytes === null || (saidBytes !== 'unsaid' && saidBytes !== BigInt(expandedBytes))) return null;
  try {
    const { buffer, byteOffset, byteLength } = decompress(packed, { defaultHeapSize: expandedBytes });
    return byteLength === expandedBytes ? Buffer.from(buffer, byteOffset, byteLength) : null;
  } catch {
    return null;
  }
}

/** Reads a frame's header: https://www.rfc-editor.org/rfc/rfc8878#name-frame-header. null where there is none. */
function frameContentBytes(frame: Buffer): bigint | 'unsaid' | null {
  if (frame.length < 6 || frame.readUInt32LE(0) !== MAGIC) return null;
  const descriptor = frame[4] ?? 0;
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const sizeFlag = descriptor >> 6;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const at = 5 + (isSingleSegment ? 0 : 1) + dictionaryBytes;
  const fieldBytes = sizeFlag === 0 ? Number(isSingleSegment) : 2 ** sizeFlag;
  if (fieldBytes === 0) return 'unsaid';
  if (frame.length < at + fieldBytes) return null;
  if (fieldBytes === 8) return frame.readBigUInt64LE(at);
  return BigInt(frame.readUIntLE(at, fieldBytes)) + (fieldBytes === 2 ? 256n : 0n);
}
