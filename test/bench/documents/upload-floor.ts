/**
 * Puts every file below a directory into the bucket and nothing else: no row is read or written, nothing is compared. So many at a time as
 * the program has under way. `node upload-floor.js <directory> <endpoint> <bucket> <prefix>`
 */
import { createReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';

const UNDER_WAY = 48;
const LARGE_BYTES = 8 * 1024 * 1024;
const [directory, endpoint, bucket, prefix] = process.argv.slice(2) as [string, string, string, string];

const files = (await readdir(directory, { recursive: true, withFileTypes: true })).filter((entry) =>
  entry.isFile(),
);
const queue = files.values();

async function lane(): Promise<void> {
  for (const { parentPath, name } of queue) {
    const file = path.join(parentPath, name);
    const { size } = await stat(file);
    const isLarge = size > LARGE_BYTES;
    const url = `${endpoint}/upload/storage/v1/b/${bucket}/o?uploadType=media&name=${encodeURIComponent(prefix + name)}`;
    const request: RequestInit & { duplex: string } = {
      method: 'POST',
      body: isLarge
        ? Readable.toWeb(createReadStream(file, { highWaterMark: 1 << 20 }))
        : await readFile(file),
      headers: { 'content-type': 'application/pdf', ...(isLarge && { 'content-length': String(size) }) },
      duplex: 'half',
    };
    const answer = await fetch(url, request);
    if (!answer.ok) throw new Error(`answer ${answer.status}`);
    await answer.arrayBuffer();
  }
}

await Promise.all(Array.from({ length: UNDER_WAY }, lane));
