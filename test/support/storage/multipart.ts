/** The two parts of a multipart/related upload: what the object is, and its content. RFC 2387 */
export function parseMultipart(contentType: string, body: Buffer): { json: Buffer; media: Buffer } {
  const boundary = /boundary="?([^";]+)"?/.exec(contentType)?.[1];
  if (boundary === undefined) throw new RangeError('a multipart body without a boundary');
  const delimiter = Buffer.from(`--${boundary}`);
  const parts: Buffer[] = [];
  let at = body.indexOf(delimiter);
  for (;;) {
    const next = body.indexOf(delimiter, at + delimiter.length);
    if (next < 0) break;
    const part = body.subarray(at + delimiter.length, next);
    // Behind the headers and the empty line, without the line break that belongs to the delimiter.
    parts.push(part.subarray(part.indexOf('\r\n\r\n') + 4, part.length - 2));
    at = next;
  }
  return { json: parts[0]!, media: parts[1]! };
}
