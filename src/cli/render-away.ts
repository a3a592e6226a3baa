import type { ObjectAway } from '../ledger/saved-objects.ts';

/** The command that goes on, for the profile that was given. */
export function nextSync(profileName: string): string {
  return `bin/sync${profileName === 'mirror' ? '' : ` --profile ${profileName}`} --continuous`;
}

const KINDS: Readonly<Record<ObjectAway['kind'], readonly [one: string, many: string]>> = {
  index: ['unique index', 'unique indexes'],
  key: ['unique key', 'unique keys'],
  exclusion: ['exclusion constraint', 'exclusion constraints'],
  'foreign-key': ['foreign key', 'foreign keys'],
  trigger: ['trigger', 'triggers'],
};

/** How many of each kind: `2 unique keys, 1 foreign key`. A key and the index it stands on count once. */
export function describeAway(away: readonly ObjectAway[]): string {
  const keys = new Set(
    away.filter(({ kind }) => kind === 'key').map(({ table, name }) => `${table} ${name}`),
  );
  const counted = away.filter(({ kind, table, name }) => kind !== 'index' || !keys.has(`${table} ${name}`));
  const counts = Object.entries(KINDS).map(([kind, [one, many]]) => {
    const count = counted.filter((object) => object.kind === kind).length;
    return count === 0 ? '' : `${count} ${count === 1 ? one : many}`;
  });
  return counts.filter((text) => text !== '').join(', ');
}
