import type { Settings } from '../config/settings.ts';
import type { MappingOptions, Profile } from '../mapping/mapping.ts';
import type { SyncObserver } from './sync-report.ts';

export interface SyncOptions {
  settings: Settings;
  profile: Profile;
  mappingOptions: MappingOptions;
  /** Goes on until the signal, and waits for lost servers without end. */
  continuous: boolean;
  /** Where to end, as the operator wrote it; null: where the source is at the start. */
  until: string | null;
  signal: AbortSignal;
  observer: SyncObserver;
}
