/** Waiting calls: the highest priority first, first come first served within one. */
export class CallQueue<Call extends { readonly priority: number }> {
  readonly #byPriority = new Map<number, Set<Call>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(call: Call): void {
    const calls = this.#byPriority.get(call.priority);
    if (calls === undefined) this.#byPriority.set(call.priority, new Set([call]));
    else calls.add(call);
    this.#size += 1;
  }

  /** Whether it was waiting. */
  delete(call: Call): boolean {
    const calls = this.#byPriority.get(call.priority);
    if (calls === undefined || !calls.delete(call)) return false;
    if (calls.size === 0) this.#byPriority.delete(call.priority);
    this.#size -= 1;
    return true;
  }

  /** Takes out the call whose turn it is. */
  take(): Call | undefined {
    if (this.#size === 0) return undefined;
    const calls = this.#byPriority.get(Math.max(...this.#byPriority.keys())) ?? [];
    for (const call of calls) {
      this.delete(call);
      return call;
    }
    return undefined;
  }

  /** Takes out every call. */
  drain(): Call[] {
    const calls: Call[] = [];
    for (let call = this.take(); call !== undefined; call = this.take()) calls.push(call);
    return calls;
  }
}
