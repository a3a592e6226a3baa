/** The steps of the flow board (patient_tracker_element), which have neither a key nor an order but their `seq`, a text. */

export interface TrackerStep {
  seq: string;
  status: string;
  room: string;
  user: string;
  /** A DATETIME. */
  at: string | null;
}

/** What a query has gathered by JSON_ARRAYAGG of JSON_ARRAY; NULL is none. */
export function parseGathered(json: string | null | undefined): (string | null)[][] {
  return json == null ? [] : (JSON.parse(json) as (string | null)[][]);
}

const NUMBER = /^\s*\d+\s*$/;

/** null for what is no number. */
export const stepNumber = (seq: string): number | null => (NUMBER.test(seq) ? Number(seq) : null);

/** By number, those without one last; what the legacy system took down twice by time, and then in any order that is always the same. */
export function inOrder<Step extends TrackerStep>(steps: readonly Step[]): Step[] {
  return steps.toSorted(
    (a, b) =>
      (stepNumber(a.seq) ?? Infinity) - (stepNumber(b.seq) ?? Infinity) ||
      compare(a.at ?? '', b.at ?? '') ||
      compare(
        JSON.stringify([a.seq, a.status, a.room, a.user]),
        JSON.stringify([b.seq, b.status, b.room, b.user]),
      ),
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export interface NumberedStep extends TrackerStep {
  /** Tells the steps of one tracker apart: the seq as it is, with a mark where that is a number of another step, or none. */
  key: string;
  number: number;
  doubt: 'repeated' | 'invalid' | null;
}

/** None is lost: a second step of one number is `7#2`, a step without a number `?1`, with the next number that is free. */
export function numbered(steps: readonly TrackerStep[]): NumberedStep[] {
  const seen = new Map<number, number>();
  let last = 0;
  let withoutNumber = 0;
  return inOrder(steps).map((step) => {
    const number = stepNumber(step.seq);
    if (number === null) return { ...step, key: `?${++withoutNumber}`, number: ++last, doubt: 'invalid' };
    last = number;
    const times = (seen.get(number) ?? 0) + 1;
    seen.set(number, times);
    return times === 1
      ? { ...step, key: String(number), number, doubt: null }
      : { ...step, key: `${number}#${times}`, number, doubt: 'repeated' };
  });
}
