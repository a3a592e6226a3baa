/** Ready-made transforms for profiles. All are pure, and leave NULL as it is unless they say otherwise. */
export { chain } from './chain.ts';
export { digits, keepOnly, mask } from './characters.ts';
export { code } from './code.ts';
export { lower, titleCase, upper } from './letter-case.ts';
export { minorUnits, money } from './money.ts';
export { nullIfEmpty, trim } from './whitespace.ts';
