/**
 * A server of the JSON API of Cloud Storage on the loopback, as far as the client uses it: multipart and resumable uploads,
 * preconditions, checksums, reading, removing. https://cloud.google.com/storage/docs/json_api
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseMultipart } from './multipart.ts';
import { StorageFaults, type Fault } from './storage-faults.ts';
import {
  Refused,
  StoredObjects,
  type ObjectDescription,
  type ReceivedContent,
  type StoredObject,
} from './stored-objects.ts';

export interface StorageServer extends AsyncDisposable {
  endpoint: string;
  bucket: string;
  objects: StoredObjects;
  faults: StorageFaults;
  /** Requests by kind. */
  requests: Map<string, number>;
}

interface Session {
  name: string;
  description: ObjectDescription;
  ifGenerationMatch: string | null;
  received: ReceivedContent;
}

const UPLOAD = /^\/upload\/storage\/v1\/b\/([^/]+)\/o$/;
const LIST = /^\/storage\/v1\/b\/([^/]+)\/o$/;
const OBJECT = /^(?:\/storage\/v1|\/download\/storage\/v1)?\/b\/([^/]+)\/o\/([^/]+)$/;

export interface StorageServerOptions {
  bucket?: string;
  /** Before each answer. */
  latencyMs?: number;
  keepsContents?: boolean;
}

export async function startStorageServer({
  bucket = 'clinic-documents',
  latencyMs = 0,
  keepsContents = true,
}: StorageServerOptions = {}): Promise<StorageServer> {
  const objects = new StoredObjects({ keepsContents });
  const faults = new StorageFaults();
  const requests = new Map<string, number>();
  const sessions = new Map<string, Session>();
  const state = { bucket, objects, faults, requests, sessions };
  const server = createServer((request, response) => {
    const handled =
      latencyMs > 0
        ? sleep(latencyMs).then(() => handle(state, request, response))
        : handle(state, request, response);
    void handled.catch((error: unknown) => {
      if (response.destroyed) return;
      const refused = error instanceof Refused ? error : new Refused(500, 'The test server failed.');
      send(response, refused.status, {
        error: { code: refused.status, message: refused.message, errors: [] },
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    bucket,
    objects,
    faults,
    requests,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface State {
  bucket: string;
  objects: StoredObjects;
  faults: StorageFaults;
  requests: Map<string, number>;
  sessions: Map<string, Session>;
}

async function handle(state: State, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url!, `http://${request.headers.host}`);
  const upload = UPLOAD.exec(url.pathname);
  const object = OBJECT.exec(url.pathname);
  const list = LIST.exec(url.pathname);
  const bucket = decodeURIComponent((upload ?? object ?? list)?.[1] ?? '');
  if (bucket !== state.bucket) throw new Refused(404, 'The specified bucket does not exist.');
  const kind = list ? 'list' : kindOf(request, url, upload !== null);
  state.requests.set(kind, (state.requests.get(kind) ?? 0) + 1);
  const fault = state.faults.take(kind);
  if (fault && 'hang' in fault) return;
  if (fault && 'page' in fault) {
    request.resume();
    response.writeHead(200, { 'content-type': 'text/html' }).end(fault.page);
    return;
  }
  if (fault && 'half' in fault) {
    request.resume();
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': 1000 }).write('{"a":');
    return;
  }
  if (fault && 'answer' in fault) {
    request.resume();
    throw new Refused(fault.answer, fault.message ?? 'As the test asks.');
  }
  if (kind === 'media') return media(state, url, request, response);
  if (kind === 'multipart') return multipart(state, url, request, response, fault);
  if (kind === 'session') return session(state, url, request, response);
  if (kind === 'chunk' || kind === 'query') return chunk(state, url, request, response, fault);
  if (kind === 'list') return send(response, 200, pageOf(state.objects, url.searchParams));
  const name = decodeURIComponent(object![2]!);
  if (kind === 'delete') {
    state.objects.delete(name, url.searchParams.get('ifGenerationMatch'));
    response.writeHead(204).end();
    return;
  }
  const found = state.objects.find(name);
  const generation = url.searchParams.get('generation');
  if (generation !== null && generation !== found.generation) throw new Refused(404, 'No such generation.');
  if (url.searchParams.get('alt') !== 'media') return send(response, 200, resourceOf(found));
  response.writeHead(200, { 'content-type': found.contentType, 'x-goog-hash': `crc32c=${found.crc32c}` });
  response.end(found.content);
}

function kindOf(request: IncomingMessage, url: URL, isUpload: boolean) {
  if (!isUpload) return request.method === 'DELETE' ? 'delete' : 'get';
  if (url.searchParams.get('uploadType') === 'multipart') return 'multipart';
  if (url.searchParams.get('uploadType') === 'media') return 'media';
  if (request.method === 'POST') return 'session';
  return request.headers['content-range']?.startsWith('bytes */') ? 'query' : 'chunk';
}

async function multipart(
  { objects }: State,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
  fault: Fault | null,
): Promise<void> {
  const body = await bodyOf(request, fault);
  const { json, media } = parseMultipart(request.headers['content-type'] ?? '', body);
  const description = JSON.parse(json.toString()) as ObjectDescription;
  const name = url.searchParams.get('name') ?? description.name!;
  const kmsKeyName = url.searchParams.get('kmsKeyName') ?? undefined;
  const content = fault && 'corrupt' in fault ? corrupted(media) : media;
  const stored = await objects.commit(
    name,
    { ...description, kmsKeyName },
    [content],
    url.searchParams.get('ifGenerationMatch'),
  );
  if (fault && 'drop' in fault) request.socket.destroy();
  else send(response, 200, resourceOf(stored));
}

/** The content alone. */
async function media(
  { objects }: State,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const received = objects.receive();
  for await (const piece of request as AsyncIterable<Buffer>) await received.add(piece);
  const name = url.searchParams.get('name')!;
  const contentType = request.headers['content-type'] ?? 'application/octet-stream';
  send(response, 200, resourceOf(await objects.commitReceived(name, { contentType }, received, null)));
}

async function session(
  { objects, sessions }: State,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await bodyOf(request, null);
  const contentType = request.headers['x-upload-content-type'] as string | undefined;
  const given = JSON.parse(body.toString() || '{}') as ObjectDescription;
  const description = { ...given, ...(contentType !== undefined && { contentType }) };
  const name = url.searchParams.get('name') ?? description.name!;
  const ifGenerationMatch = url.searchParams.get('ifGenerationMatch');
  objects.checkGeneration(name, ifGenerationMatch);
  const id = String(sessions.size + 1);
  const kmsKeyName = url.searchParams.get('kmsKeyName') ?? undefined;
  sessions.set(id, {
    name,
    description: { ...description, kmsKeyName },
    ifGenerationMatch,
    received: objects.receive(),
  });
  url.searchParams.set('upload_id', id);
  response.writeHead(200, { location: url.href }).end();
}

async function chunk(
  { objects, sessions }: State,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
  fault: Fault | null,
): Promise<void> {
  const open = sessions.get(url.searchParams.get('upload_id') ?? '');
  if (!open) throw new Refused(404, 'No such session.');
  const range = /^bytes (?:(\d+)-(\d+|\*)|\*)\/(\d+|\*)$/.exec(request.headers['content-range'] ?? '');
  if (!range) throw new Refused(400, 'Content-Range is not understood.');
  const body = await bodyOf(request, fault);
  if (range[1] !== undefined) {
    if (Number(range[1]) !== open.received.size) throw new Refused(400, 'Not where the session has come to.');
    await open.received.add(fault && 'corrupt' in fault ? corrupted(body) : body);
  }
  const total = range[3] === '*' ? null : Number(range[3]);
  const { size } = open.received;
  if (total === null || size < total) {
    const headers = size > 0 ? { range: `bytes=0-${size - 1}` } : {};
    response.writeHead(308, { 'content-length': 0, ...headers }).end();
    return;
  }
  const stored = await objects.commitReceived(
    open.name,
    open.description,
    open.received,
    open.ifGenerationMatch,
  );
  sessions.delete(url.searchParams.get('upload_id')!);
  if (fault && 'drop' in fault) request.socket.destroy();
  else send(response, 200, resourceOf(stored));
}

/** Breaks the connection in the middle where the fault is that. */
async function bodyOf(request: IncomingMessage, fault: Fault | null): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request as AsyncIterable<Buffer>) {
    parts.push(part);
    if (fault && 'drop' in fault && fault.drop === 'mid-body') {
      request.socket.destroy();
      throw new Refused(499, 'The test has broken the connection.');
    }
  }
  return Buffer.concat(parts);
}

function corrupted(content: Buffer): Buffer {
  const copy = Buffer.from(content);
  copy[copy.length >> 1]! ^= 1;
  return copy;
}

function resourceOf(object: StoredObject) {
  const { content: _, size, ...rest } = object;
  return { kind: 'storage#object', ...rest, size: String(size), metageneration: '1' };
}

/** A page token is the name of the last object of the page before. */
function pageOf(objects: StoredObjects, asked: URLSearchParams) {
  const prefix = asked.get('prefix') ?? '';
  const after = asked.get('pageToken') ?? '';
  const limit = Number(asked.get('maxResults') ?? 1000);
  const names = objects.names().filter((name) => name.startsWith(prefix) && name > after);
  const page = names.slice(0, limit);
  return {
    kind: 'storage#objects',
    items: page.map((name) => resourceOf(objects.find(name))),
    ...(names.length > limit && { nextPageToken: page.at(-1) }),
  };
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
