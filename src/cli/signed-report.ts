/** A report as it was written, and who signed it. */
import fs from 'node:fs/promises';
import type { Settings } from '../config/settings.ts';
import { TransfuseError } from '../core/errors.ts';
import {
  fingerprintOf,
  isSameKey,
  isSignedBy,
  readPublicKey,
  type ReportSignature,
} from '../verify/attest/sign-report.ts';
import type { VerifyDocument } from './verify-document.ts';

export interface SignedReport {
  document: VerifyDocument;
  /** What is known of its origin; `unknown key`: the signature holds, and nobody has said whose key it is. */
  origin: 'proven' | 'unknown key' | 'unsigned';
  fingerprint: string | null;
}

/** Throws USAGE for what is no report, REPORT_NOT_GENUINE, SIGNING_KEY_UNUSABLE. */
export async function readSignedReport(
  file: string,
  { keyFile, publicKeyFile }: Settings['signing'],
): Promise<SignedReport> {
  const { signature, ...document } = await readDocument(file);
  if (!signature) return { document, origin: 'unsigned', fingerprint: null };
  if (!isSignedBy(document, signature))
    throw notGenuine('The report, or its signature, has been altered since it was signed.');
  const fingerprint = fingerprintOf(signature);
  const key = publicKeyFile
    ? await readPublicKey(publicKeyFile, 'SIGNING_PUBLIC_KEY')
    : keyFile
      ? await readPublicKey(keyFile, 'SIGNING_KEY')
      : null;
  if (key && !isSameKey(signature, key))
    throw notGenuine(
      `The report was signed with another key than the one that is trusted here; its fingerprint is ${fingerprint}.`,
    );
  return { document, origin: key ? 'proven' : 'unknown key', fingerprint };
}

async function readDocument(file: string): Promise<VerifyDocument & { signature?: ReportSignature }> {
  let text: string;
  try {
    text = await fs.readFile(file, 'utf8');
  } catch (error) {
    throw unreadable(`${file} cannot be read (${(error as NodeJS.ErrnoException).code}).`);
  }
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw unreadable(`${file} is no JSON.`);
  }
  if (!isWhole(text, document))
    throw notGenuine('The report is not in the form in which it was written: it says some things twice.');
  if (!isReport(document)) throw unreadable(`${file} is no report of bin/verify.`);
  return document;
}

/** A name that is there twice would be one thing to a reader and another to this program. */
function isWhole(text: string, document: unknown): boolean {
  const plain = text.replaceAll(/("(?:[^"\\]|\\.)*")|\s+/g, (_, literal?: string) => literal ?? '');
  return plain === JSON.stringify(document);
}

function isReport(document: unknown): document is VerifyDocument & { signature?: ReportSignature } {
  return (
    typeof document === 'object' &&
    document !== null &&
    Array.isArray((document as VerifyDocument).databases) &&
    (document as VerifyDocument).databases.every(({ mappings }) => Array.isArray(mappings))
  );
}

function unreadable(message: string): TransfuseError {
  return new TransfuseError('USAGE', message, {
    fix: 'Give --check the JSON file of a report: reports/verify-<time>.json. The page beside it is for people.',
  });
}

function notGenuine(message: string): TransfuseError {
  return new TransfuseError('REPORT_NOT_GENUINE', message);
}
