/** The target databases of a profile, as commands go through them: one after the other, each named where there are several. */
import { destinationsOf, type Destination } from '../config/destinations.ts';
import type { Settings } from '../config/settings.ts';
import { SERVICES, type ServiceName } from '../core/services.ts';

/** In the order of loading. */
export function destinations(settings: Settings, services: readonly ServiceName[]): Destination[] {
  return destinationsOf(settings.targets, new Set(services));
}

/** Each database's text below its name; a single one needs no name. */
export function underDatabaseNames(parts: readonly { destination: Destination; text: string }[]): string {
  if (parts.length === 1) return parts[0]!.text;
  return parts.map(({ destination, text }) => `── ${describeDestination(destination)}\n${text}`).join('\n\n');
}

export function describeDestination({ database, services }: Destination): string {
  return `${database.database} (${services.map((service) => SERVICES[service].entity).join(', ')})`;
}
