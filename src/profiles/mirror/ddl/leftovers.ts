import type { DdlContext } from './context.ts';

const OTHERS = {
  views: ['view', 'Is not moved: write it anew for PostgreSQL.'],
  routines: ['routine', 'Is not moved: stored procedures and functions have to be written anew.'],
  triggers: ['trigger', 'Is not moved: what it did at the source, nothing does in the target.'],
  events: ['event', 'Is not moved: PostgreSQL has no scheduler of its own.'],
  sequences: ['sequence', 'Is not moved: it belongs to no column.'],
} as const satisfies Record<keyof DdlContext['source']['others'], readonly [string, string]>;

/** Says what of the source does not come along at all. */
export function noteWhatStays(context: DdlContext): void {
  for (const { source } of context.tables) {
    if (!source.partitioned) continue;
    context.note(source.name, 'partitions', 'All partitions come as one table, without the partitioning.');
  }
  for (const [key, [kind, text]] of Object.entries(OTHERS)) {
    const names = context.source.others[key as keyof typeof OTHERS];
    for (const name of names) context.note(null, `${kind} ${name}`, text);
  }
}
