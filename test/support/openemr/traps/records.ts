/** The medical record: §7 and §8 of the facts. */
import { encounterTraps } from './encounters.ts';
import { labTraps } from './labs.ts';
import { listTraps } from './lists.ts';
import { medicationTraps } from './medication.ts';
import { messageTraps } from './messages.ts';
import type { Trap } from './trap.ts';
import { visitFormTraps } from './visit-forms.ts';

export const recordTraps: readonly Trap[] = [
  ...encounterTraps,
  ...visitFormTraps,
  ...listTraps,
  ...medicationTraps,
  ...labTraps,
  ...messageTraps,
];
