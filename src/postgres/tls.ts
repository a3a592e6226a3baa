import { readFileSync } from 'node:fs';
import { checkServerIdentity, type ConnectionOptions } from 'node:tls';
import type { TlsSettings } from '../config/settings.ts';
import { TransfuseError } from '../core/errors.ts';

/**
 * What the driver gets as `ssl` for a mode: `require` encrypts and trusts anyone, `verify-ca` trusts who the CA has
 * signed, `verify-full` also wants the certificate to be for this very host, name or address.
 */
export function tlsOptionsFor(tls: TlsSettings, host: string): ConnectionOptions | false {
  if (tls.mode === 'disable') return false;
  const options: ConnectionOptions = {};
  if (tls.certFile !== null) options.cert = readPem(tls.certFile);
  if (tls.keyFile !== null) options.key = readPem(tls.keyFile);
  if (tls.mode === 'require') return { ...options, rejectUnauthorized: false };
  if (tls.caFile !== null) options.ca = readPem(tls.caFile);
  return {
    ...options,
    rejectUnauthorized: true,
    // Given for verify-full too, so that an address is checked whatever the driver hands to TLS as the host name.
    checkServerIdentity:
      tls.mode === 'verify-ca' ? () => undefined : (_, cert) => checkServerIdentity(host, cert),
  };
}

function readPem(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch {
    throw new TransfuseError(
      'TARGET_TLS',
      `Could not read the file ${path} that the TLS settings of the target name.`,
    );
  }
}
