import { fileTypeFromBuffer } from 'file-type';

/** So much of a content tells its type. */
export const SNIFFED_BYTES = 4100;

const DECLARED = /^[a-z0-9][a-z0-9.+-]*\/[a-z0-9][a-z0-9.+-]*$/i;
const TEXT = /^text\//i;
const OTHER = 'application/octet-stream';

/** What the first bytes of a content say it is; where they say nothing, what the legacy system calls it, unless its bytes deny that. */
export async function contentTypeOf(head: Buffer, declared: string | null): Promise<string> {
  const sniffed = await fileTypeFromBuffer(head);
  if (sniffed) return sniffed.mime;
  const isText = looksLikeText(head);
  const called = declared?.trim() ?? '';
  if (DECLARED.test(called) && (isText || !TEXT.test(called))) return called.toLowerCase();
  return isText && head.length > 0 ? 'text/plain' : OTHER;
}

/** UTF-8 without control characters that texts do not have. The last character may be cut off. */
function looksLikeText(head: Buffer): boolean {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true });
    // oxlint-disable-next-line no-control-regex
    return !/[\0-\x08\x0e-\x1a\x1c-\x1f]/.test(text);
  } catch {
    return false;
  }
}
