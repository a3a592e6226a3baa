/** Stores a small object in one request. https://cloud.google.com/storage/docs/uploading-objects#rest-upload-objects-multipart */
import type { Bucket } from '@google-cloud/storage';
import { randomUUID } from 'node:crypto';
import { isLocal } from '../config/plaintext.ts';
import type { ObjectMetadata } from './resumable-upload.ts';
import { AnswerError, send } from './send.ts';

interface UploadAtOnce {
  bucket: Bucket;
  name: string;
  kmsKey: string | null;
  content: Buffer;
  /** Its `crc32c` is compared by the store. */
  metadata: Readonly<Record<string, unknown>> & { contentType: string };
  signal: AbortSignal;
}

/** Only where there is nothing of that name. Throws AnswerError, errors of the network, SyntaxError for an answer that is no JSON. */
export async function uploadAtOnce(upload: UploadAtOnce): Promise<ObjectMetadata> {
  const { bucket, name, kmsKey, content, metadata, signal } = upload;
  const { storage } = bucket;
  const url = new URL(`/upload/storage/v1/b/${encodeURIComponent(bucket.name)}/o`, storage.apiEndpoint);
  url.searchParams.set('uploadType', 'multipart');
  url.searchParams.set('name', name);
  url.searchParams.set('ifGenerationMatch', '0');
  if (kmsKey !== null) url.searchParams.set('kmsKeyName', kmsKey);
  const boundary = randomUUID();
  const body = Buffer.concat([
    Buffer.from(
      `--${boundary}\r\ncontent-type: application/json; charset=UTF-8\r\n\r\n${JSON.stringify(metadata)}\r\n` +
        `--${boundary}\r\ncontent-type: ${metadata.contentType}\r\n\r\n`,
    ),
    content,
    Buffer.from(`\r\n--${boundary}--`),
  ]);
  const headers = {
    ...(await authorization(bucket, url)),
    'content-type': `multipart/related; boundary=${boundary}`,
  };
  const answer = await send({ url, method: 'POST', headers, body, signal });
  if (answer.status !== 200) throw AnswerError.of(answer);
  return JSON.parse(answer.body.toString()) as ObjectMetadata;
}

/** Kept by the client until it is about to expire. None towards this machine. */
async function authorization({ storage }: Bucket, url: URL): Promise<Record<string, string>> {
  if (isLocal(url.hostname)) return {};
  const headers = await storage.authClient.getRequestHeaders(url.href);
  return Object.fromEntries(headers instanceof Headers ? headers : Object.entries(headers));
}
