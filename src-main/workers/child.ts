import type { WorkerChannel, WorkerExit } from "./port.ts";
import { type FromWorker, fromWireError, type ToWorker } from "./wire.ts";

/** A call as the child that runs it sees it. */
export interface ChildCall {
  readonly id: number;
  readonly method: string;
  readonly input: unknown;
  onProgress(value: unknown): void;
  onDone(value: unknown): void;
  /** @param reason an Error, or whatever the caller's signal was aborted with. */
  onFailed(reason: unknown): void;
}

export interface ChildEvents<Call> {
  /** Started, or done with its call: it can take another. */
  onFree(): void;
  /** Ended by itself or by the system, with the call that it took along. Not called after `kill`. */
  onDied(exit: WorkerExit, call: Call | null, wasReady: boolean): void;
  onLog(line: string, call: Call | null): void;
}

/** One process of a pool: runs one call at a time. */
export class PoolChild<Call extends ChildCall> {
  /** The last line it wrote. */
  lastLine = "";
  readonly exited: Promise<void>;
  readonly #channel: WorkerChannel;
  readonly #events: ChildEvents<Call>;
  #state: "starting" | "ready" | "killed" | "ended" = "starting";
  #call: Call | null = null;
  /** Pipes lag behind messages: a line that comes after the answer still belongs to that call. */
  #lastCall: Call | null = null;

  constructor(channel: WorkerChannel, events: ChildEvents<Call>) {
    this.#channel = channel;
    this.#events = events;
    channel.onMessage((message) => this.#receive(message as FromWorker));
    channel.onLog((line) => {
      this.lastLine = line;
      events.onLog(line, this.#lastCall);
    });
    this.exited = new Promise((resolve) => {
      channel.onExit((exit) => {
        resolve();
        const { state, call } = { state: this.#state, call: this.#call };
        this.#state = "ended";
        this.#call = null;
        if (state !== "killed") events.onDied(exit, call, state === "ready");
      });
    });
  }

  get pid(): number | undefined {
    return this.#channel.pid;
  }

  get isStarting(): boolean {
    return this.#state === "starting";
  }

  get isFree(): boolean {
    return this.#state === "ready" && this.#call === null;
  }

  start(call: Call): void {
    this.#call = call;
    this.#lastCall = call;
    this.#post({ type: "call", id: call.id, method: call.method, input: call.input });
  }

  /** Asks it to give up its call; it may still answer. */
  cancel(call: Call): void {
    this.#post({ type: "cancel", id: call.id });
  }

  /** Ends it at once; neither it nor its call is heard of again. @returns that call. */
  kill(): Call | null {
    const call = this.#call;
    this.#call = null;
    if (this.#state !== "ended") {
      this.#state = "killed";
      this.#channel.kill();
    }
    return call;
  }

  #post(message: ToWorker): void {
    this.#channel.post(message);
  }

  #receive(message: FromWorker): void {
    if (this.#state === "killed") return;
    if (message.type === "ready") {
      this.#state = "ready";
      this.#events.onFree();
      return;
    }
    const call = this.#call;
    if (call === null || call.id !== message.id) return;
    if (message.type === "progress") {
      this.#post({ type: "ack", id: call.id });
      call.onProgress(message.value);
      return;
    }
    this.#call = null;
    if (message.type === "done") call.onDone(message.value);
    else call.onFailed(fromWireError(message.error));
    this.#events.onFree();
  }
}
