import type { Transform } from '../mapping.ts';
import { putNull } from '../types/wire.ts';

/** One transform of a text after the other; the first NULL ends it. `chain(trim, lower)` */
export function chain(...steps: Transform[]): Transform {
  const name = `chain(${steps.map((step) => step.name).join(', ')})`;
  const apply = (text: string | null): string | null => {
    for (const step of steps) {
      if (text === null) return null;
      text = step.apply(text);
    }
    return text;
  };
  const bytesSteps = steps.map((step) => step.applyBytes);
  if (!bytesSteps.every((step) => step !== undefined)) return { name, apply };
  return { name, apply, applyBytes: chainBytes(bytesSteps) };
}

/** Each step may treble a text and add a kilobyte. */
function roomFor(length: number): number {
  return 4 + 3 * length + 1024;
}

function chainBytes(steps: NonNullable<Transform['applyBytes']>[]): NonNullable<Transform['applyBytes']> {
  const last = steps.length - 1;
  const scratches = steps.map(() => Buffer.allocUnsafeSlow(roomFor(1024)));
  return (src, start, end, dst, at) => {
    for (let step = 0; step < last; step++) {
      const room = roomFor(end - start);
      let scratch = scratches[step]!;
      if (scratch.length < room) scratch = scratches[step] = Buffer.allocUnsafeSlow(room);
      end = steps[step]!(src, start, end, scratch, 0);
      // the length of a text is never so large that its first byte is 255: that is the -1 of NULL
      if (scratch[0] === 0xff) return putNull(dst, at);
      src = scratch;
      start = 4;
    }
    return steps[last]!(src, start, end, dst, at);
  };
}
