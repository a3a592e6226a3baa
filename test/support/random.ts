/** A whole number from 0 to below what is asked for. */
export type Random = (below: number) => number;

/** The same seed gives the same numbers (xorshift). */
export function randomNumbers(seed: number): Random {
  let state = seed >>> 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}
