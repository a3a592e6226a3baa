/**
 * Every type of the type map with its ordinary and its extreme values (invariant 11): one table for every road a value
 * can take into PostgreSQL.
 */
import { binaryCases } from './type-cases/binary.ts';
import { numberCases } from './type-cases/numbers.ts';
import { temporalCases } from './type-cases/temporal.ts';
import { textCases } from './type-cases/text.ts';
import type { TypeCase } from './type-cases/type-case.ts';

export type { TypeCase, ValueCase } from './type-cases/type-case.ts';

export const typeCases: TypeCase[] = [...numberCases, ...temporalCases, ...textCases, ...binaryCases];
