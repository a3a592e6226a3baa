/** The rule that an event makes, beside the In and Out events of the same provider and facility. */
import { blockKind, scheduleRules, type DerivedRule } from '../calendar/schedule-rules.ts';
import { covers, type Block } from './time-block.ts';

/** null for an Out that ends an In: it is in that one's rule. `switches` may hold the block itself; others than In and Out do not count. */
export function ruleOfEvent(
  block: Block,
  switches: readonly Block[],
  dayEndSeconds: number,
): DerivedRule<Block> | null {
  const kind = blockKind(block.categoryId, block.constantId);
  const others = switches.filter((other) => other.eventId !== block.eventId && isSwitch(other));
  switch (kind) {
    case 'in_office':
      return ruleOfIn(block, others, dayEndSeconds);
    case 'out_of_office': {
      const all = [block, ...others];
      const endsAny = others.some(
        (other) => isIn(other) && ruleOfIn(other, all, dayEndSeconds)?.closedBy === block,
      );
      if (endsAny) return null;
      // what was before it on its days it has not ended, or only on some of them
      const later = others.filter((other) => other.startSeconds > block.startSeconds);
      return ruleAmong(block, later, dayEndSeconds);
    }
    default:
      return ruleAmong(block, [], dayEndSeconds);
  }
}

/** A block that is there on some of the days only says nothing of the others: it does not end this one. */
function ruleOfIn(
  block: Block,
  switches: readonly Block[],
  dayEndSeconds: number,
): DerivedRule<Block> | null {
  const others = switches.filter((other) => other !== block);
  return ruleAmong(block, others, dayEndSeconds);
}

function ruleAmong(block: Block, others: readonly Block[], dayEndSeconds: number): DerivedRule<Block> | null {
  const onItsDays = others.filter((other) => covers(other.days, block.days));
  return scheduleRules([block, ...onItsDays], dayEndSeconds).find((rule) => rule.block === block) ?? null;
}

function isSwitch({ categoryId, constantId }: Block): boolean {
  const kind = blockKind(categoryId, constantId);
  return kind === 'in_office' || kind === 'out_of_office';
}

function isIn({ categoryId, constantId }: Block): boolean {
  return blockKind(categoryId, constantId) === 'in_office';
}
