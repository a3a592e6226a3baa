/** How commands name the target databases, where there are several. */
import type { Destination } from '../config/destinations.ts';
import { SERVICES } from '../core/services.ts';

/** Each database's text below its name; a single one needs no name. */
export function underDatabaseNames(parts: readonly { destination: Destination; text: string }[]): string {
  if (parts.length === 1) return parts[0]!.text;
  return parts.map(({ destination, text }) => `── ${describeDestination(destination)}\n${text}`).join('\n\n');
}

export function describeDestination({ database, services }: Destination): string {
  return `${database.database} (${services.map((service) => SERVICES[service].entity).join(', ')})`;
}
