/** What goes wrong at the server, each fault once, at the next request of its kind. */
export type RequestKind = 'media' | 'multipart' | 'session' | 'chunk' | 'query' | 'get' | 'list' | 'delete';

export type Fault = {
  at: RequestKind;
  /** Not at the first request of the kind from now on, but at a later one. */
  skip?: number;
  /** How many requests meet it; one unless said. */
  times?: number;
} & (
  | { answer: number; message?: string }
  /** What a proxy answers in the server's place. */
  | { page: string }
  /** The beginning of an answer, and no more of it. */
  | { half: true }
  /** The connection breaks before the body has come in whole. */
  | { drop: 'mid-body' }
  /** The connection breaks when all is stored, instead of the answer. */
  | { drop: 'after-commit' }
  /** Bytes are changed on their way into the store. */
  | { corrupt: true }
  /** No answer, ever. */
  | { hang: true }
);

export class StorageFaults {
  #faults: { fault: Fault; skip: number; times: number }[] = [];

  add(fault: Fault): void {
    this.#faults.push({ fault, skip: fault.skip ?? 0, times: fault.times ?? 1 });
  }

  /** The fault that this request meets. */
  take(at: RequestKind): Fault | null {
    const next = this.#faults.find(({ fault, times }) => fault.at === at && times > 0);
    if (!next) return null;
    if (next.skip-- > 0) return null;
    next.times--;
    return next.fault;
  }

  /** Those that are left are not met any more. */
  clear(): void {
    this.#faults = [];
  }

  /** Whether all of them have been met. */
  get areSpent(): boolean {
    return this.#faults.every(({ times }) => times === 0);
  }
}
