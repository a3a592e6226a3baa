/**
 * When a provider is there: time blocks of the legacy calendar turned into rules with a start and an end. There an In Office
 * event switches availability on and an Out Of Office event switches it off, each at its start; every other event occupies
 * its own time. As OpenEMR finds free slots in interface/main/calendar/find_appt_popup.php.
 */
export type RuleKind = 'available' | 'unavailable' | 'lunch' | 'vacation' | 'reserved' | 'holiday' | 'closed';

export type BlockKind = 'in_office' | 'out_of_office' | Exclude<RuleKind, 'available'>;

/** Times are seconds of the local day. */
export interface TimeBlock {
  categoryId: number;
  /** pc_constant_id, which old versions do not have: null. */
  constantId: string | null;
  startSeconds: number;
  /** pc_duration; 0 and less where it says nothing. */
  durationSeconds: number;
  allDay: boolean;
}

export interface DerivedRule<Block extends TimeBlock> {
  kind: RuleKind;
  block: Block;
  /** The Out Of Office event that ends it. */
  closedBy: Block | null;
  startSeconds: number;
  /** At most 24:00. null: neither the block nor another says when it ends. */
  endSeconds: number | null;
  allDay: boolean;
  /** An In without an Out, or an Out without an In: the end comes from a duration, the next In or the end of the day. */
  derivedEnd: boolean;
}

const MIDNIGHT = 24 * 3600;

const KINDS_BY_CONSTANT: ReadonlyMap<string, BlockKind> = new Map([
  ['in_office', 'in_office'],
  ['out_of_office', 'out_of_office'],
  ['vacation', 'vacation'],
  ['holidays', 'holiday'],
  ['closed', 'closed'],
  ['lunch', 'lunch'],
  ['reserved', 'reserved'],
]);

/** The ids that every installation begins with. */
const KINDS_BY_ID: ReadonlyMap<number, BlockKind> = new Map([
  [2, 'in_office'],
  [3, 'out_of_office'],
  [4, 'vacation'],
  [6, 'holiday'],
  [7, 'closed'],
  [8, 'lunch'],
  [11, 'reserved'],
]);

/** By the constant id where it is one of the known, else by the id. Any other category takes time away. */
export function blockKind(categoryId: number, constantId: string | null): BlockKind {
  return KINDS_BY_CONSTANT.get(constantId ?? '') ?? KINDS_BY_ID.get(categoryId) ?? 'unavailable';
}

/**
 * The rules of the blocks of one provider and facility that fall on the same days, in order of their starts: one for each block,
 * except that an Out that ends an In has none of its own. `dayEndSeconds` is the global schedule_end. A switch at the very
 * moment of the next one makes an empty rule, as the legacy system finds no time there. Does not look at dates, nor at whose
 * the blocks are.
 */
export function scheduleRules<Block extends TimeBlock>(
  blocks: readonly Block[],
  dayEndSeconds: number,
): DerivedRule<Block>[] {
  const inOrder = blocks
    .map((block) => ({ block, kind: blockKind(block.categoryId, block.constantId) }))
    // at one moment the legacy system lets an Out win over an In
    .sort((a, b) => a.block.startSeconds - b.block.startSeconds || rank(a.kind) - rank(b.kind));
  const switches = inOrder.filter(({ kind }) => kind === 'in_office' || kind === 'out_of_office');
  const rules: DerivedRule<Block>[] = [];
  let switchesSeen = 0;
  for (const { block, kind } of inOrder) {
    if (kind !== 'in_office' && kind !== 'out_of_office') {
      rules.push(occupyingRule(kind, block));
      continue;
    }
    const previous = switches[switchesSeen - 1];
    const next = switches[++switchesSeen];
    if (kind === 'in_office') {
      if (next?.kind === 'out_of_office') rules.push(pairedRule(block, next.block));
      else rules.push(unpairedRule('available', block, next?.block, dayEndSeconds));
    } else if (previous?.kind !== 'in_office') {
      rules.push(unpairedRule('unavailable', block, next?.block, MIDNIGHT));
    }
  }
  return rules;
}

function rank(kind: BlockKind): number {
  return kind === 'out_of_office' ? 1 : 0;
}

function pairedRule<Block extends TimeBlock>(block: Block, out: Block): DerivedRule<Block> {
  return rule('available', block, out.startSeconds, { closedBy: out });
}

/** Lasts as long as it says, or to the next switch or the end of the day; never past the next switch. */
function unpairedRule<Block extends TimeBlock>(
  kind: RuleKind,
  block: Block,
  next: Block | undefined,
  dayEndSeconds: number,
): DerivedRule<Block> {
  const limit = next?.startSeconds ?? MIDNIGHT;
  const end = ownEnd(block) ?? next?.startSeconds ?? dayEndSeconds;
  // an In after hours lasts till midnight, as it does for the slot finder
  return rule(kind, block, end > block.startSeconds ? Math.min(end, limit) : limit, { derivedEnd: true });
}

function occupyingRule<Block extends TimeBlock>(kind: RuleKind, block: Block): DerivedRule<Block> {
  return rule(kind, block, ownEnd(block), {});
}

function ownEnd({ allDay, startSeconds, durationSeconds }: TimeBlock): number | null {
  if (allDay) return MIDNIGHT;
  return durationSeconds > 0 ? Math.min(startSeconds + durationSeconds, MIDNIGHT) : null;
}

function rule<Block extends TimeBlock>(
  kind: RuleKind,
  block: Block,
  endSeconds: number | null,
  { closedBy = null, derivedEnd = false }: { closedBy?: Block | null; derivedEnd?: boolean },
): DerivedRule<Block> {
  const { startSeconds } = block;
  // an all-day Out that the next In cuts short is all-day no more
  const allDay = block.allDay && endSeconds === MIDNIGHT;
  return { kind, block, closedBy, startSeconds, endSeconds, allDay, derivedEnd };
}
