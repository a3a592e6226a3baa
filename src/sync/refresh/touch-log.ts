import { splitRow } from '../../mapping/careful-encoder.ts';
import type { Touch } from '../../ledger/touched-rows.ts';
import type { RowImage } from '../row-image.ts';
import type { PlannedWatch } from './watch-plan.ts';

/** What an entry is taken to weigh beside its text. */
const ENTRY_BYTES = 100;

/** The rows of query mappings that the changes of a batch touch, each once. */
export class TouchLog {
  readonly #touched = new Map<PlannedWatch, Set<string>>();
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  get isEmpty(): boolean {
    return this.#bytes === 0;
  }

  /** `image` has the values of the watch's inputs. Returns them as they are kept. */
  add(watch: PlannedWatch, image: RowImage): string {
    const values = splitRow(image.buffer, image.start, watch.inputs.length);
    const inputs = JSON.stringify(values.map((value) => value && value.toString('utf8')));
    let known = this.#touched.get(watch);
    if (!known) this.#touched.set(watch, (known = new Set()));
    if (known.has(inputs)) return inputs;
    known.add(inputs);
    this.#bytes += 2 * inputs.length + ENTRY_BYTES;
    return inputs;
  }

  touches(): Touch[] {
    return [...this.#touched].flatMap(([{ mapping, watch }, all]) =>
      [...all].map((inputs) => ({ mapping: mapping.planned.mapping.id, watch, inputs })),
    );
  }

  clear(): void {
    this.#touched.clear();
    this.#bytes = 0;
  }
}
