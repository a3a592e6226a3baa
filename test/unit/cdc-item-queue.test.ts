import { describe, expect, test } from 'vitest';
import { ItemQueue } from '../../cdc/item-queue.ts';
import type { StreamItem } from '../../cdc/transaction-model.ts';
import { TransfuseError } from '../../src/core/errors.ts';

const item = (): StreamItem => ({ kind: 'rollback' });

function queueOf(highWaterBytes: number) {
  const told: string[] = [];
  const queue = new ItemQueue({
    highWaterBytes,
    lowWaterBytes: highWaterBytes / 2,
    maxTakenBytes: highWaterBytes / 4,
    onFull: () => told.push('full'),
    onDrained: () => told.push('drained'),
  });
  return { queue, told };
}

describe('the queue between socket and loop [invariant 7]', () => {
  test('counts what was handed over until more is asked for', async () => {
    const { queue, told } = queueOf(100);
    queue.push(item(), 120);
    expect(await queue.take()).toHaveLength(1);
    expect(queue.bytes).toBe(120);
    expect(told).toEqual(['full']);
    const next = queue.take();
    expect(queue.bytes).toBe(0);
    expect(told).toEqual(['full', 'drained']);
    queue.push(item(), 1);
    expect(await next).toHaveLength(1);
  });

  test('hands over a part at a time, at least one item, and the rest before the error', async () => {
    const { queue } = queueOf(100);
    for (const bytes of [40, 10, 10, 10]) queue.push(item(), bytes);
    queue.fail(new TransfuseError('INTERRUPTED', 'over'));
    expect(await queue.take()).toHaveLength(1);
    expect(await queue.take()).toHaveLength(2);
    expect(queue.bytes).toBe(30);
    expect(await queue.take()).toHaveLength(1);
    await expect(queue.take()).rejects.toThrow('over');
    expect(queue.bytes).toBe(0);
  });
});
