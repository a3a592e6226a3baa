import v8 from 'node:v8';
import vm from 'node:vm';

let collect: (() => void) | null = null;

/**
 * Lets go of large buffers that nothing refers to any more. V8 sees the few bytes that a buffer has in its heap, not the
 * megabytes behind it, and would let hundreds of those gather before it looks. Takes some milliseconds for a small heap.
 */
export function collectGarbage(): void {
  if (collect === null) {
    v8.setFlagsFromString('--expose-gc');
    collect = vm.runInNewContext('gc') as () => void;
  }
  collect();
}
