/** One database that a sync follows up, as the commands that do so ask for it. */
import type { Destination } from '../config/destinations.ts';
import { DocumentFollower } from '../documents/document-follower.ts';
import type { MappingOptions } from '../mapping/mapping.ts';
import type { LoadedProfile } from '../profiles/load-profile.ts';
import { runSync } from '../sync/sync.ts';
import type { SyncOptions } from '../sync/sync-options.ts';
import type { SyncReport } from '../sync/sync-report.ts';
import type { CommandContext } from './command.ts';
import { mappingOptions } from './planning.ts';
import { observeSync } from './sync-progress.ts';

export interface Following extends Pick<
  SyncOptions,
  'acceptSchema' | 'sharers' | 'continuous' | 'until' | 'signal'
> {
  loaded: LoadedProfile;
  extensions: MappingOptions['extensions'];
  destination: Destination;
}

/** Throws what runSync throws. */
export async function followDatabase(
  context: CommandContext,
  { loaded, extensions, destination, ...following }: Following,
): Promise<SyncReport> {
  const { settings } = context;
  const { profile, schema } = loaded;
  const progress = observeSync(context, following.sharers > 1 ? destination.database.database : null);
  try {
    return await runSync({
      ...following,
      settings,
      target: destination.database,
      profile,
      mappingOptions: mappingOptions(settings, extensions),
      schemaOf: schema && (async ({ source, options }) => schema(source, options, destination.services[0]!)),
      openFiles: (files) =>
        DocumentFollower.open({
          ...files,
          settings,
          ledger: destination.database,
          onRetry: (warning) => progress.observer.onRetry(warning),
        }),
      observer: progress.observer,
    });
  } finally {
    progress.stop();
  }
}
