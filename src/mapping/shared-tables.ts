/** Several mappings may fill one target table, where constants of theirs tell whose a row is. */
import { TransfuseError } from '../core/errors.ts';
import type { Mapping } from './mapping.ts';

/** What the rows of a mapping have in a table that it shares. */
export interface Share {
  /** The ids of the mappings that fill the table, this one among them. */
  mappings: readonly string[];
  constants: readonly { column: string; value: string }[];
}

/**
 * For each mapping that does not have its table alone. Throws PROFILE_UNKNOWN for mappings whose rows could not be told apart: what
 * empties or replaces those of one must not meet those of another.
 */
export function sharesOf(profile: string, mappings: readonly Mapping[]): Map<Mapping, Share> {
  const shares = new Map<Mapping, Share>();
  for (const group of byTarget(mappings).values()) {
    if (group.length === 1) continue;
    const columns = group
      .map((mapping) => constantsOf(mapping))
      .reduce(
        (common, constants) => common.filter((column) => constants.has(column)),
        [...constantsOf(group[0]!).keys()],
      );
    const known = new Map<string, Mapping>();
    for (const mapping of group) {
      const constants = columns.map((column) => ({ column, value: constantsOf(mapping).get(column)! }));
      const told = JSON.stringify(constants);
      const other = known.get(told);
      if (other) throw sameRows(profile, other, mapping);
      known.set(told, mapping);
      shares.set(mapping, { mappings: group.map(({ id }) => id), constants });
    }
  }
  return shares;
}

function byTarget(mappings: readonly Mapping[]): Map<string, Mapping[]> {
  const groups = new Map<string, Mapping[]>();
  for (const mapping of mappings) {
    const { service, target } = mapping;
    const place = JSON.stringify([service, target.schema, target.table]);
    groups.set(place, [...(groups.get(place) ?? []), mapping]);
  }
  return groups;
}

function constantsOf({ columns }: Mapping): Map<string, string> {
  return new Map(
    columns.flatMap(({ target, value }) =>
      value.kind === 'constant' && value.value !== null ? [[target.name, value.value]] : [],
    ),
  );
}

function sameRows(profile: string, one: Mapping, other: Mapping): TransfuseError {
  const { schema, table } = other.target;
  return new TransfuseError(
    'PROFILE_UNKNOWN',
    `The profile ${profile} cannot be used: its mappings ${one.id} and ${other.id} fill the same table ${schema}.${table}, and no constant tells their rows apart.`,
    { where: { profile, mapping: other.id } },
  );
}
