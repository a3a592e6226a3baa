/** The report of a verification, as files: a page for people, JSON for machines. Readable by their owner alone. */
import fs from 'node:fs/promises';
import path from 'node:path';
import type { KeyObject } from 'node:crypto';
import { TransfuseError } from '../core/errors.ts';
import { signReport } from '../verify/attest/sign-report.ts';
import { verifyHtml } from './render-verify-html.ts';
import type { VerifyDocument } from './verify-document.ts';

/** Before hours of work rather than after. Throws USAGE. */
export async function requireDirectory(directory: string): Promise<void> {
  try {
    // Not recursive: below /proc Node would try for ever.
    await fs.mkdir(directory).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
    await fs.access(directory, fs.constants.W_OK);
  } catch (error) {
    throw unusable(directory, error);
  }
}

/** Signed where there is a key. Throws USAGE. */
export async function writeReport(
  directory: string,
  report: VerifyDocument,
  signingKey: KeyObject | null,
): Promise<{ page: string; json: string }> {
  // As it is read back: the signature is of that.
  const document = JSON.parse(JSON.stringify(report)) as VerifyDocument;
  const signature = signingKey && signReport(document, signingKey);
  const name = `verify-${document.finishedAt.replaceAll(/[-:]|\.\d+/g, '')}`;
  const files = { page: path.join(directory, `${name}.html`), json: path.join(directory, `${name}.json`) };
  try {
    await fs.writeFile(
      files.json,
      `${JSON.stringify(signature ? { ...document, signature } : document, null, 1)}\n`,
      { mode: 0o600 },
    );
    await fs.writeFile(files.page, verifyHtml(document, signature), { mode: 0o600 });
  } catch (error) {
    throw unusable(directory, error);
  }
  return files;
}

function unusable(directory: string, error: unknown): TransfuseError {
  const { code } = error as NodeJS.ErrnoException;
  return new TransfuseError('USAGE', `The report cannot be written to ${directory} (${code}).`, {
    fix: 'Give --report a directory that you may write to.',
  });
}
