interface Waiting<Input, Output> {
  readonly inputs: readonly Input[];
  readonly outputs: Output[];
  readonly resolve: (outputs: Output[]) => void;
  readonly reject: (error: unknown) => void;
  sent: number;
}

/**
 * Joins what many callers ask into batches of at most `batchSize` for one function, which is called once at a time.
 * Whatever is asked while it works waits for the next batch, so many attacks at once fill batches by themselves.
 */
export class BatchQueue<Input, Output> {
  readonly #call: (inputs: readonly Input[]) => Promise<readonly Output[]>;
  readonly #batchSize: number;
  readonly #what: string;
  #waiting: Waiting<Input, Output>[] = [];
  #working = false;
  #seconds = 0;
  #batches = 0;

  /** @param what names the function in errors */
  constructor(
    what: string,
    call: (inputs: readonly Input[]) => Promise<readonly Output[]>,
    batchSize: number,
  ) {
    this.#what = what;
    this.#call = call;
    this.#batchSize = batchSize;
  }

  /** Seconds spent inside the function so far, and its calls. */
  get spent(): { readonly seconds: number; readonly batches: number } {
    return { seconds: this.#seconds, batches: this.#batches };
  }

  /** The function's answers, in order. @throws what the function throws */
  ask(inputs: readonly Input[]): Promise<readonly Output[]> {
    if (inputs.length === 0) return Promise.resolve([]);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ inputs, outputs: [], resolve, reject, sent: 0 });
      if (this.#working) return;
      this.#working = true;
      setImmediate(() => void this.#work());
    });
  }

  async #work(): Promise<void> {
    while (this.#waiting.length > 0) {
      await this.#oneBatch();
      await new Promise((resume) => setImmediate(resume)); // those just answered ask again before the next batch
    }
    this.#working = false;
  }

  async #oneBatch(): Promise<void> {
    const batch: Input[] = [];
    const owners: Waiting<Input, Output>[] = [];
    for (const caller of this.#waiting) {
      while (caller.sent < caller.inputs.length && batch.length < this.#batchSize) {
        batch.push(caller.inputs[caller.sent++] as Input);
        owners.push(caller);
      }
      if (batch.length === this.#batchSize) break;
    }
    try {
      const outputs = await this.#timed(batch);
      outputs.forEach((output, row) => owners[row]?.outputs.push(output));
    } catch (error) {
      for (const caller of new Set(owners)) caller.reject(error);
      this.#waiting = this.#waiting.filter((caller) => !owners.includes(caller));
    }
    for (const caller of this.#waiting)
      if (caller.outputs.length === caller.inputs.length) caller.resolve(caller.outputs);
    this.#waiting = this.#waiting.filter(({ outputs, inputs }) => outputs.length < inputs.length);
  }

  async #timed(batch: readonly Input[]): Promise<readonly Output[]> {
    const started = performance.now();
    const outputs = await this.#call(batch);
    this.#seconds += (performance.now() - started) / 1000;
    this.#batches += 1;
    if (outputs.length !== batch.length)
      throw new RangeError(`${this.#what}: expected ${batch.length} answers, got ${outputs.length}.`);
    return outputs;
  }
}
