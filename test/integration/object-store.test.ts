/** Objects go into the bucket once and whole, whatever happens on the way; or the failure says what it is. */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { TransfuseError } from '../../src/core/errors.ts';
import { ObjectStore } from '../../src/storage/object-store.ts';
import type { NewObject, UploadSessions } from '../../src/storage/put-object.ts';
import { randomNumbers } from '../support/random.ts';
import { randomBytesOf } from '../support/storage/random-bytes.ts';
import type { Fault } from '../support/storage/storage-faults.ts';
import { startStorageServer, type StorageServer } from '../support/storage/storage-server.ts';

const MIB = 1024 * 1024;
const NAME = 'migrated-files/default/0b3d/77aa';
const SIZES = { small: 10_240, large: 2.5 * 8 * MIB };
type Size = keyof typeof SIZES;
const CONTENT: Record<Size, Buffer> = {
  small: randomBytesOf(SIZES.small, 1),
  large: randomBytesOf(SIZES.large, 2),
};

interface StoreChanges {
  bucket?: string;
  kmsKey?: string;
  retryTimeoutMs?: number;
  signal?: AbortSignal;
  sessions?: UploadSessions;
}

function storeOf(server: StorageServer, changes: StoreChanges = {}) {
  const { bucket = server.bucket, kmsKey = null, retryTimeoutMs = 60_000 } = changes;
  const warnings: string[] = [];
  const store = new ObjectStore({
    settings: { bucket, prefix: 'migrated-files/', apiEndpoint: server.endpoint, kmsKey },
    signal: changes.signal ?? new AbortController().signal,
    retryTimeoutMs,
    stallMs: 1_500,
    ...(changes.sessions && { sessions: changes.sessions }),
    onRetry: (warning) => warnings.push(warning),
  });
  return { store, warnings };
}

/** In pieces that fit no chunk. */
function objectOf(content: Buffer, changes: Partial<NewObject> = {}): NewObject {
  function* pieces() {
    for (let at = 0; at < content.length; at += 100_003) yield content.subarray(at, at + 100_003);
  }
  return {
    name: NAME,
    open: () => Readable.from(pieces(), { objectMode: false }),
    contentType: 'application/pdf',
    metadata: { legacy: 'documents' },
    ...changes,
  };
}

const TRANSIENT: [Size, string, Fault, commits: number][] = [
  ['small', '503', { at: 'multipart', answer: 503 }, 1],
  ['small', '429', { at: 'multipart', answer: 429 }, 1],
  ['small', 'a connection that breaks in the middle', { at: 'multipart', drop: 'mid-body' }, 1],
  ['small', 'an answer that is lost', { at: 'multipart', drop: 'after-commit' }, 1],
  ['small', 'bytes that change on the way', { at: 'multipart', corrupt: true }, 1],
  ['small', 'a server that says nothing', { at: 'multipart', hang: true }, 1],
  ['small', 'half an answer', { at: 'multipart', half: true }, 1],
  ['large', '503 at the beginning', { at: 'session', answer: 503 }, 1],
  ['large', '429 at the beginning', { at: 'session', answer: 429 }, 1],
  ['large', '503 in the middle', { at: 'chunk', skip: 1, answer: 503 }, 1],
  ['large', 'a connection that breaks in the middle', { at: 'chunk', skip: 1, drop: 'mid-body' }, 1],
  ['large', 'an answer that is lost', { at: 'chunk', skip: 2, drop: 'after-commit' }, 1],
  ['large', 'a session that is gone (410)', { at: 'chunk', skip: 1, answer: 410 }, 1],
  ['large', 'a session that is not found (404)', { at: 'chunk', skip: 1, answer: 404 }, 1],
  ['large', 'bytes that change on the way', { at: 'chunk', skip: 1, corrupt: true }, 2],
  ['large', 'half an answer', { at: 'chunk', skip: 1, half: true }, 1],
  ['large', 'a server that says nothing', { at: 'chunk', skip: 1, hang: true }, 1],
];

describe('an object that meets a fault', () => {
  it.concurrent.each(TRANSIENT)(
    '%s: %s: is there once, and as it was',
    { timeout: 90_000 },
    async (size, _, fault, commits) => {
      await using server = await startStorageServer();
      server.faults.add(fault);
      const content = CONTENT[size];
      const stored = await storeOf(server).store.put(objectOf(content));
      expect(server.faults.areSpent).toBe(true);
      expect(server.objects.names()).toEqual([NAME]);
      const object = server.objects.find(NAME);
      expect(object.content.equals(content)).toBe(true);
      expect(object.contentType).toBe('application/pdf');
      expect(object.metadata).toEqual({ legacy: 'documents' });
      expect(stored).toEqual({
        name: NAME,
        generation: object.generation,
        size: content.length,
        crc32c: object.crc32c,
        sha256: createHash('sha256').update(content).digest('hex'),
      });
      expect(server.objects.commits).toBe(commits);
    },
  );

  it.concurrent.each([
    ['small', 'multipart', 401, 'STORAGE_CREDENTIALS'],
    ['small', 'multipart', 403, 'STORAGE_ACCESS_DENIED'],
    ['small', 'multipart', 400, 'STORAGE_REFUSED'],
    ['large', 'session', 401, 'STORAGE_CREDENTIALS'],
    ['large', 'session', 403, 'STORAGE_ACCESS_DENIED'],
    ['large', 'chunk', 403, 'STORAGE_ACCESS_DENIED'],
  ] as const)('%s: is not tried again where %s is answered %d', async (size, at, answer, code) => {
    await using server = await startStorageServer();
    server.faults.add({ at, answer, message: `no, not ${NAME}`, times: 100 });
    const { store, warnings } = storeOf(server);
    const failure = await store.put(objectOf(CONTENT[size])).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(TransfuseError);
    expect(failure).toMatchObject({ code });
    expect((failure as TransfuseError).message).not.toContain(NAME);
    expect(warnings).toEqual([]);
    expect(server.objects.names()).toEqual([]);
  });

  it.concurrent.each([
    ['small', 'multipart', '<html>Please sign in'],
    ['small', 'multipart', '{}'],
    ['large', 'chunk', '<html>Please sign in'],
    ['large', 'chunk', '{}'],
  ] as const)('%s: is not taken for stored where %s is answered by %s', async (size, at, page) => {
    await using server = await startStorageServer();
    server.faults.add({ at, page, times: 100 });
    server.faults.add({ at: 'get', page, times: 100 });
    const { store } = storeOf(server);
    await expect(store.put(objectOf(CONTENT[size]))).rejects.toMatchObject({
      code: 'STORAGE_NOT_UNDERSTOOD',
    });
    expect(server.requests.get('delete')).toBeUndefined();
  });

  it.concurrent('is given up where a session answers, and takes nothing', async () => {
    await using server = await startStorageServer();
    server.faults.add({ at: 'chunk', skip: 1, answer: 503, times: 1000 });
    const { store } = storeOf(server, { retryTimeoutMs: 0 });
    await expect(store.put(objectOf(CONTENT.large))).rejects.toMatchObject({ code: 'STORAGE_UNREACHABLE' });
    expect(server.requests.get('chunk')).toBeLessThan(10);
  });

  it.concurrent('is given up where looking for it is not answered either', async () => {
    await using server = await startStorageServer();
    server.faults.add({ at: 'multipart', hang: true, times: 100 });
    server.faults.add({ at: 'get', half: true, times: 100 });
    const { store } = storeOf(server, { retryTimeoutMs: 0 });
    await expect(store.put(objectOf(CONTENT.small))).rejects.toMatchObject({ code: 'STORAGE_UNREACHABLE' });
  });

  it.concurrent.each([1, 2, 3, 4, 5, 6])(
    'or many, by chance (seed %d): is there once, and as it was',
    { timeout: 120_000 },
    async (seed) => {
      await using server = await startStorageServer();
      const random = randomNumbers(seed * 7919);
      const kinds = ['multipart', 'session', 'chunk', 'get'] as const;
      const faults = [
        { answer: 503 },
        { answer: 429 },
        { answer: 410 },
        { drop: 'mid-body' },
        { drop: 'after-commit' },
        { corrupt: true },
      ] as const;
      for (let count = 0; count < 12; count++)
        server.faults.add({ at: kinds[random(4)]!, skip: random(3), ...faults[random(faults.length)]! });
      const content = CONTENT.large.subarray(0, [100, SIZES.large - 1, 9 * MIB][random(3)]);
      const stored = await storeOf(server).store.put(objectOf(content));
      expect(server.objects.names()).toEqual([NAME]);
      expect(server.objects.find(NAME).content.equals(content)).toBe(true);
      expect(stored.generation).toBe(server.objects.find(NAME).generation);
    },
  );

  it.concurrent('is given up after RETRY_TIMEOUT_SECONDS', async () => {
    await using server = await startStorageServer();
    server.faults.add({ at: 'multipart', answer: 503, times: 1000 });
    const { store, warnings } = storeOf(server, { retryTimeoutMs: 1_000 });
    await expect(store.put(objectOf(CONTENT.small))).rejects.toMatchObject({ code: 'STORAGE_LOST' });
    expect(warnings.length).toBeGreaterThan(0);
  });
});

/** Those of an earlier process. */
function keptSessions(): UploadSessions & { kept: Map<string, string> } {
  const kept = new Map<string, string>();
  return {
    kept,
    find: (name) => Promise.resolve(kept.get(name) ?? null),
    keep: (name, session) => Promise.resolve(void kept.set(name, session)),
    forget: (name) => Promise.resolve(void kept.delete(name)),
  };
}

describe('an upload that another process has begun', () => {
  const content = CONTENT.large;

  it.each([
    ['its session is gone', (session: string) => session.replace('upload_id=1', 'upload_id=77'), content],
    ['less is to be stored than it has by now', (session: string) => session, content.subarray(0, 9 * MIB)],
    ['it is gone on with', (session: string) => session, content],
  ])('where %s', async (_, spoil, now) => {
    await using server = await startStorageServer();
    const sessions = keptSessions();
    server.faults.add({ at: 'chunk', skip: 2, hang: true });
    const stop = new AbortController();
    const first = storeOf(server, { sessions, signal: stop.signal }).store.put(objectOf(content));
    first.catch(() => undefined);
    while (!server.faults.areSpent) await new Promise((resolve) => setTimeout(resolve, 5));
    stop.abort();
    await expect(first).rejects.toThrow();
    sessions.kept.set(NAME, spoil(sessions.kept.get(NAME)!));
    const stored = await storeOf(server, { sessions }).store.put(objectOf(now));
    expect(server.objects.find(NAME).content.equals(now)).toBe(true);
    expect(stored.sha256).toBe(createHash('sha256').update(now).digest('hex'));
    expect([server.objects.commits, sessions.kept.size]).toEqual([1, 0]);
  });

  it('was finished by it', async () => {
    await using server = await startStorageServer();
    const sessions = keptSessions();
    const forgetful = { ...sessions, forget: () => Promise.resolve() };
    await storeOf(server, { sessions: forgetful }).store.put(objectOf(content));
    const { generation } = await storeOf(server, { sessions }).store.put(objectOf(content));
    expect([generation, server.objects.commits]).toEqual([server.objects.find(NAME).generation, 1]);
  });
});

describe('an object', () => {
  it.each(['small', 'large'] as const)('%s: that is there already is not stored again', async (size) => {
    await using server = await startStorageServer();
    const { store } = storeOf(server);
    const first = await store.put(objectOf(CONTENT[size]));
    expect(await store.put(objectOf(CONTENT[size]))).toEqual(first);
    expect(server.objects.commits).toBe(1);
  });

  it.each(['small', 'large'] as const)('%s: never takes the place of another', async (size) => {
    await using server = await startStorageServer();
    const { store } = storeOf(server);
    await store.put(objectOf(Buffer.from('another')));
    await expect(store.put(objectOf(CONTENT[size]))).rejects.toMatchObject({
      code: 'STORAGE_OBJECT_DIFFERS',
    });
    expect(server.objects.find(NAME).content.toString()).toBe('another');
  });

  it.each([0, 1, 8 * MIB, 8 * MIB + 1, 16 * MIB])(
    'of %d bytes comes back as it was, and goes',
    async (bytes) => {
      await using server = await startStorageServer();
      const { store } = storeOf(server);
      const content = CONTENT.large.subarray(0, bytes);
      const stored = await store.put(objectOf(content));
      expect((await store.read(stored)).equals(content)).toBe(true);
      await store.remove({ ...stored, generation: '1' });
      expect(server.objects.names()).toEqual([NAME]);
      await store.remove(stored);
      await store.remove(stored);
      expect(server.objects.names()).toEqual([]);
    },
  );

  it.each(['small', 'large'] as const)('%s: is encrypted by the key that is given', async (size) => {
    await using server = await startStorageServer();
    const kmsKey = 'projects/p/locations/eu/keyRings/r/cryptoKeys/k';
    await storeOf(server, { kmsKey }).store.put(objectOf(CONTENT[size]));
    expect(server.objects.find(NAME).kmsKeyName).toBe(kmsKey);
  });

  it.each(['small', 'large'] as const)('%s: whose source fails leaves nothing behind', async (size) => {
    await using server = await startStorageServer();
    const failure = new TransfuseError('SOURCE_LOST', 'The test has taken the source away.');
    async function* broken() {
      yield CONTENT[size];
      await Promise.resolve();
      throw failure;
    }
    const put = storeOf(server).store.put(objectOf(CONTENT[size], { open: () => Readable.from(broken()) }));
    await expect(put).rejects.toBe(failure);
    expect(server.objects.names()).toEqual([]);
  });

  it('goes beside many others without a word', async () => {
    await using server = await startStorageServer();
    const { store } = storeOf(server);
    const told: Error[] = [];
    const listen = (warning: Error): number => told.push(warning);
    process.on('warning', listen);
    const names = Array.from({ length: 64 }, (_, index) => `object-${100 + index}`);
    await Promise.all(names.map((name) => store.put(objectOf(CONTENT.small, { name }))));
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', listen);
    expect(told).toEqual([]);
    expect(server.objects.names()).toEqual(names);
  });

  it('goes nowhere without its bucket', async () => {
    await using server = await startStorageServer();
    const { store } = storeOf(server, { bucket: 'no-such-bucket' });
    await expect(store.put(objectOf(CONTENT.small))).rejects.toMatchObject({
      code: 'STORAGE_BUCKET_MISSING',
    });
    await expect(store.put(objectOf(CONTENT.large))).rejects.toMatchObject({
      code: 'STORAGE_BUCKET_MISSING',
    });
  });

  it('stops where it is when interrupted', async () => {
    await using server = await startStorageServer();
    server.faults.add({ at: 'chunk', hang: true });
    const interrupt = new AbortController();
    const { store } = storeOf(server, { signal: interrupt.signal });
    setTimeout(() => interrupt.abort(), 300);
    await expect(store.put(objectOf(CONTENT.large))).rejects.toMatchObject({ code: 'INTERRUPTED' });
  });
});
