import { isLocal } from '../config/plaintext.ts';
import type { DatabaseSettings } from '../config/settings.ts';
import { TransfuseError } from '../core/errors.ts';
import { finding, type Finding } from './finding.ts';

/** An end that could not be reached or read, as a finding. Throws what is no failure of the end: INTERRUPTED, our own faults. */
export function unreachable(
  end: string,
  error: unknown,
  settings: DatabaseSettings,
  id = `${end}-reachable`,
): Finding {
  if (!(error instanceof TransfuseError) || error.code === 'INTERRUPTED') throw error;
  return finding(id, false, error.message, 'Nothing else can be checked before this is mended.', {
    remedy: withLocalTlsAdvice(error, settings).fix,
  });
}

/** A server on this machine seldom has a certificate: says that it may go without. */
export function withLocalTlsAdvice(error: TransfuseError, settings: DatabaseSettings): TransfuseError {
  const variable = { SOURCE_TLS: 'LEGACY_DB_SSL_MODE', TARGET_TLS: 'TARGET_DB_SSL_MODE' }[
    error.code as string
  ];
  if (variable === undefined || !isLocal(settings.host)) return error;
  const { where, transient } = error;
  const fix = `${error.fix} For a server on this machine ${variable}=disable is enough.`;
  return new TransfuseError(error.code, error.message, { where, transient, fix });
}
