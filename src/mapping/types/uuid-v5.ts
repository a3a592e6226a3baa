/**
 * UUIDv5 of (entity, legacy key): the new system's ids, the same on every machine and in every run (invariant 1). An
 * entity's namespace is itself the UUIDv5 of its name in the project's namespace.
 */
import { createHash } from 'node:crypto';
import { MAX_MESSAGE_BYTES, sha1Message, writeSha1Prefix } from './sha1.ts';
import { putInt32 } from './wire.ts';

const UUID_BYTES = 16;
/** Every id ever made hangs on it: never change it. */
const PROJECT_NAMESPACE = Buffer.from('3ef0a2aa47c648579a2cdad13d6eef33', 'hex');

/** The length and the id. */
const ENCODED_BYTES = 4 + UUID_BYTES;

/** The namespace of all ids of an entity, 16 bytes; to be made once and kept. */
export function entityNamespace(entity: string): Buffer {
  return Buffer.from(uuidV5(PROJECT_NAMESPACE, entity));
}

/** Writes int32 16 and the id of the name `src[start, end)`. Returns where it stopped. */
export function writeUuidV5(
  namespace: Buffer,
  src: Buffer,
  start: number,
  end: number,
  dst: Buffer,
  at: number,
): number {
  putInt32(dst, at, UUID_BYTES);
  at += 4;
  const length = UUID_BYTES + end - start;
  if (length > MAX_MESSAGE_BYTES) {
    createHash('sha1')
      .update(namespace)
      .update(src.subarray(start, end))
      .digest()
      .copy(dst, at, 0, UUID_BYTES);
  } else {
    for (let i = 0; i < UUID_BYTES; i++) sha1Message[i] = namespace[i]!;
    for (let i = UUID_BYTES; i < length; i++) sha1Message[i] = src[start++]!;
    writeSha1Prefix(length, dst, at);
  }
  dst[at + 6] = (dst[at + 6]! & 0x0f) | 0x50;
  dst[at + 8] = (dst[at + 8]! & 0x3f) | 0x80;
  return at + UUID_BYTES;
}

/** The same id as text, for code that is not in the row path. */
export function uuidV5Text(namespace: Buffer, name: string): string {
  const hex = uuidV5(namespace, name).toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

function uuidV5(namespace: Buffer, name: string): Buffer {
  const src = Buffer.from(name);
  const dst = Buffer.allocUnsafe(ENCODED_BYTES);
  writeUuidV5(namespace, src, 0, src.length, dst, 0);
  return dst.subarray(4);
}
