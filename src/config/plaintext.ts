import { isIPv4 } from 'node:net';
import { SERVICES, type ServiceName } from '../core/services.ts';
import type { DatabaseSettings, Settings } from './settings.ts';

/** True for the path of a socket. */
export function isSocket(host: string): boolean {
  return host.startsWith('/');
}

/** True where a connection cannot leave this machine: a socket, localhost, 127.0.0.0/8, ::1. Resolves no names. */
export function isLocal(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[|\]$/g, '');
  if (isSocket(host) || name === 'localhost' || name.endsWith('.localhost')) return true;
  if (name === '::1' || name === '0:0:0:0:0:0:0:1') return true;
  return isIPv4(name.replace(/^::ffff:/, '')) && name.replace(/^::ffff:/, '').startsWith('127.');
}

/** The ends whose traffic leaves this machine without TLS (invariant 12), by the name of the variable of their host. */
export function plaintextEnds(settings: Pick<Settings, 'source' | 'targets' | 'storage'>): string[] {
  const endpoint = new URL(settings.storage?.apiEndpoint ?? 'https://storage.googleapis.com');
  const leaks = (database: DatabaseSettings) => database.tls.mode === 'disable' && !isLocal(database.host);
  const services = (Object.keys(SERVICES) as ServiceName[]).filter((service) =>
    leaks(settings.targets[service]),
  );
  return [
    ...(leaks(settings.source) ? ['LEGACY_DB_HOST'] : []),
    ...services.map((service) => `${SERVICES[service].envPrefix}_DB_HOST`),
    ...(endpoint.protocol === 'http:' && !isLocal(endpoint.hostname) ? ['GCS_API_ENDPOINT'] : []),
  ];
}
