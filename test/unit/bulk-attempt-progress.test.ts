import { expect, test } from 'vitest';
import { AttemptProgress } from '../../src/bulk/attempt-progress.ts';

test('an attempt that is taken back leaves nothing counted, whatever the driver still tells of it', () => {
  const counted = { rows: 0, bytes: 0 };
  const attempt = new AttemptProgress('visits', ({ mapping, rows, bytes }) => {
    expect(mapping).toBe('visits');
    counted.rows += rows;
    counted.bytes += bytes;
  });
  attempt.add(500, 9000);
  attempt.add(500, 8000);
  expect(counted).toEqual({ rows: 1000, bytes: 17_000 });
  attempt.takeBack();
  attempt.add(500, 7000);
  expect(counted).toEqual({ rows: 0, bytes: 0 });
});
