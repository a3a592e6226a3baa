import type { DatabaseSettings, Settings } from '../config/settings.ts';
import type { MappingOptions, Profile } from '../mapping/mapping.ts';
import type { Plan } from '../mapping/plan.ts';
import type { SchemaPlan } from '../postgres/schema-plan.ts';
import type { OpenFiles } from './refresh/files-of-rows.ts';
import type { SyncObserver } from './sync-report.ts';

export interface SyncOptions {
  settings: Settings;
  /** The database that is followed up: one of those that the profile fills. */
  target: DatabaseSettings;
  profile: Profile;
  mappingOptions: MappingOptions;
  /** The target schema that the profile makes for a plan's source; null where it brings none. */
  schemaOf: ((plan: Plan) => Promise<SchemaPlan>) | null;
  openFiles: OpenFiles;
  /** One statement that may pass though it cannot be followed: FILE:OFFSET, as the operator wrote it. */
  acceptSchema: string | null;
  /** How many databases this process follows up at the same time: they share its memory. */
  sharers: number;
  /** Goes on until the signal, and waits for lost servers without end. */
  continuous: boolean;
  /** Where to end, as the operator wrote it; null: where the source is at the start. */
  until: string | null;
  signal: AbortSignal;
  observer: SyncObserver;
}
