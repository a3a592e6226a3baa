import { readFile } from 'node:fs/promises';
import type { SslOptions } from 'mysql2';
import type { TlsSettings } from '../config/settings.ts';
import { TransfuseError } from '../core/errors.ts';

/**
 * The driver's TLS options for a mode: `require` encrypts and verifies nothing, `verify-ca` verifies the chain,
 * `verify-full` the host name too. null means plaintext. Without a CA file the authorities of Node are trusted.
 * A new object each time: the driver resumes TLS sessions, and so skips their verification, by this object's identity.
 * Throws SOURCE_TLS when a file cannot be read.
 */
export async function sourceTlsOptions(tls: TlsSettings): Promise<SslOptions | null> {
  if (tls.mode === 'disable') return null;
  const [ca, cert, key] = await Promise.all([
    readPem('LEGACY_DB_SSL_CA', tls.caFile),
    readPem('LEGACY_DB_SSL_CERT', tls.certFile),
    readPem('LEGACY_DB_SSL_KEY', tls.keyFile),
  ]);
  return {
    minVersion: 'TLSv1.2',
    rejectUnauthorized: tls.mode !== 'require',
    verifyIdentity: tls.mode === 'verify-full',
    ...(ca && { ca }),
    ...(cert && { cert }),
    ...(key && { key }),
  };
}

async function readPem(variable: string, file: string | null): Promise<string | null> {
  if (file === null) return null;
  const pem = await readFile(file, 'utf8').catch(() => null);
  if (pem === null || !pem.includes('-----BEGIN ')) {
    throw new TransfuseError('SOURCE_TLS', `The file in ${variable} cannot be read, or is not PEM.`, {
      where: { variable },
      fix: `Put the path of a readable PEM file in ${variable}.`,
    });
  }
  return pem;
}
