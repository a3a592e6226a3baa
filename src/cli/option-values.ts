/** How the values of options are read. */
import { InvalidArgumentError } from 'commander';

export function splitList(text: string): string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/** From 1. */
export function wholeNumber(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('A whole number from 1 is needed.');
}

/** A parser of whole numbers within limits. */
export function wholeBetween(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : NaN;
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(`A whole number from ${min} to ${max} is needed.`);
  };
}

/** `Threads_running=25,Threads_connected=500`. */
export function limits(text: string): ReadonlyMap<string, number> {
  const pairs = splitList(text).map((pair) => /^(\w+)=(\d{1,15})$/.exec(pair));
  if (pairs.length === 0 || pairs.some((pair) => pair === null || Number(pair[2]) === 0))
    throw new InvalidArgumentError('Names and limits above 0 are needed, such as Threads_running=25.');
  return new Map(pairs.map((pair) => [pair![1]!, Number(pair![2])]));
}
