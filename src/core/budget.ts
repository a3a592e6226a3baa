/** Bounds what is under way at the same time, in bytes or in pieces: who wants more than is left waits, first come first served. */
export class Budget {
  readonly #total: number;
  #left: number;
  readonly #waiting: { amount: number; admit: () => void }[] = [];

  constructor(total: number) {
    this.#total = total;
    this.#left = total;
  }

  /** Waits for `amount`, or for all of the budget where that is less. Returns how to give it back, to be called once. */
  async take(amount: number): Promise<() => void> {
    const taken = Math.min(amount, this.#total);
    if (this.#waiting.length > 0 || taken > this.#left)
      await new Promise<void>((admit) => this.#waiting.push({ amount: taken, admit }));
    else this.#left -= taken;
    return () => {
      this.#left += taken;
      this.#admit();
    };
  }

  #admit(): void {
    for (let next = this.#waiting[0]; next && next.amount <= this.#left; next = this.#waiting[0]) {
      this.#waiting.shift();
      this.#left -= next.amount;
      next.admit();
    }
  }
}
