import { SERVICE_NAMES, type ServiceName } from '../core/services.ts';
import type { DatabaseSettings, Settings } from './settings.ts';

/** One target database, with a ledger, a lock and a checkpoint of its own, and the services whose tables are in it. */
export interface Destination {
  services: ServiceName[];
  database: DatabaseSettings;
}

/** Where the tables of `services` go, in the order of loading. Services that share a database share a destination. */
export function destinationsOf(
  targets: Settings['targets'],
  services: readonly ServiceName[],
): Destination[] {
  const byPlace = new Map<string, Destination>();
  for (const service of SERVICE_NAMES) {
    if (!services.includes(service)) continue;
    const database = targets[service];
    const place = JSON.stringify([database.host, database.port, database.database]);
    const known = byPlace.get(place);
    if (known) known.services.push(service);
    else byPlace.set(place, { services: [service], database });
  }
  return [...byPlace.values()];
}
