/** The profile openemr without what its filters leave at the source: every row is read, and refused by the filter itself. */
import { openemrProfile, openemrScripts } from '../../../src/profiles/openemr/openemr-profile.ts';
import type { Mapping, Profile } from '../../../src/mapping/mapping.ts';

function readsEverything(mapping: Mapping): Mapping {
  if (!mapping.where) return mapping;
  const { atSource: _, ...where } = mapping.where;
  return { ...mapping, where };
}

export const profile = (secrets: Parameters<typeof openemrProfile>[0]): Profile => {
  const openemr = openemrProfile(secrets);
  return {
    ...openemr,
    name: 'reads-everything',
    mappings: (source, options) => openemr.mappings(source, options).map(readsEverything),
  };
};

export const scripts = openemrScripts();
