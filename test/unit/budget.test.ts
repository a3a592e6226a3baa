import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Budget } from '../../src/core/budget.ts';

it('never lends more than there is, and lets everybody through in order [invariant 7]', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(15), { maxLength: 30 }), fc.array(fc.nat(5)), async (amounts, waits) => {
      const budget = new Budget(10);
      let lent = 0;
      const order: number[] = [];
      await Promise.all(
        amounts.map(async (amount, index) => {
          const giveBack = await budget.take(amount);
          order.push(index);
          lent += Math.min(amount, 10);
          expect(lent).toBeLessThanOrEqual(10);
          for (let i = 0; i < (waits[index] ?? 0); i++) await Promise.resolve();
          lent -= Math.min(amount, 10);
          giveBack();
        }),
      );
      expect(order).toEqual(amounts.map((_, index) => index));
    }),
  );
});
