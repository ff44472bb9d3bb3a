import type { Localized } from "../../src-preload/contract/problem.ts";
import { CallQueue } from "./call-queue.ts";
import { type ChildCall, PoolChild } from "./child.ts";
import type { WorkerMethods } from "./methods.ts";
import type { WorkerLauncher } from "./port.ts";
import { workerCannotStart, workerDied, workersClosed, workerTimedOut } from "./problems.ts";

/** How long a child may take to answer a cancel before it is killed: all told, a cancel takes 250 ms at most. */
const CANCEL_GRACE_MS = 150;

/** When children die this many times in a row before they are ready, all that waits fails. */
const MAX_FAILED_STARTS = 3;

/** Children without work are ended after this long unless told otherwise. */
const IDLE_MS = 60_000;

export interface WorkerLogLine {
  readonly worker: string;
  readonly line: string;
  /** The call under way, or the last one when the child has none. */
  readonly call: {
    readonly id: number;
    readonly method: string;
    readonly subject: string;
    readonly tag: string | null;
  } | null;
}

export interface WorkerPoolOptions<Input> {
  readonly launcher: WorkerLauncher;
  /** Absolute path of the module that calls `serveWorker`. */
  readonly entry: string;
  /** For the process list and the log; kebab-case. */
  readonly name: string;
  /** The worker in a sentence: "The image reader" / "이미지 처리기" (the Korean takes the particles 가 and 를). */
  readonly title: Localized;
  /** Most children at a time. */
  readonly size: number;
  readonly env?: Readonly<Record<string, string>>;
  /** What a call works on, as a person knows it: a path. */
  readonly subjectOf: (input: Input) => string;
  readonly onLog?: (line: WorkerLogLine) => void;
  readonly idleMs?: number;
  /** For calls that set none. */
  readonly timeoutMs?: number;
}

export interface RunOptions<Progress> {
  readonly signal?: AbortSignal;
  /** Higher numbers go first; 0 unless told. Only waiting calls are overtaken. */
  readonly priority?: number;
  readonly onProgress?: (progress: Progress) => void;
  /** From the moment a child takes the call up; null for a call that may take as long as it wants. */
  readonly timeoutMs?: number | null;
  /** Comes with every log line of this call: the job that it belongs to. */
  readonly tag?: string;
}

interface PoolCall extends ChildCall {
  readonly priority: number;
  readonly subject: string;
  readonly tag: string | null;
  readonly timeoutMs: number | null;
  /** Runs until the call is settled: the timeout, then the grace after a cancel. */
  timer: NodeJS.Timeout | undefined;
  child: PoolChild<PoolCall> | null;
}

/**
 * Children that do one kind of heavy work, one call each. They are started when needed, kept warm, and ended when
 * idle. A child that dies fails only the call that it was running (KilnError `worker-died`); the next call gets a
 * new one.
 */
export class WorkerPool<Methods extends WorkerMethods<Methods>> implements AsyncDisposable {
  readonly #options: WorkerPoolOptions<Methods[keyof Methods]["input"]>;
  readonly #queue = new CallQueue<PoolCall>();
  /** Those that take calls; killed ones leave at once and are waited for in `#ending`. */
  readonly #children = new Set<PoolChild<PoolCall>>();
  readonly #ending = new Set<Promise<void>>();
  #idleTimer: NodeJS.Timeout | undefined;
  #failedStarts = 0;
  #lastId = 0;
  #isClosed = false;

  constructor(options: WorkerPoolOptions<Methods[keyof Methods]["input"]>) {
    this.#options = options;
  }

  /** Process ids of the children that are up. */
  get pids(): number[] {
    return [...this.#children].flatMap(({ pid }) => pid ?? []);
  }

  /**
   * Runs a method in a child.
   *
   * An abort takes a waiting call out at once; a running one is asked to give up, and its child is killed if it has
   * not done so within 150 ms.
   *
   * @throws the signal's reason when aborted; what the method threw; KilnError `worker-died`, `worker-timed-out` or
   * `worker-cannot-start`; an AbortError when the pool is disposed of.
   */
  async run<M extends keyof Methods & string>(
    method: M,
    input: Methods[M]["input"],
    options: RunOptions<Methods[M]["progress"]> = {},
  ): Promise<Methods[M]["output"]> {
    const { signal, priority = 0, onProgress, tag = null } = options;
    signal?.throwIfAborted();
    if (this.#isClosed) throw workersClosed();
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#lastId += 1;
    const call: PoolCall = {
      id: this.#lastId,
      method,
      input,
      priority,
      subject: this.#options.subjectOf(input),
      tag,
      timeoutMs:
        options.timeoutMs === undefined ? (this.#options.timeoutMs ?? null) : options.timeoutMs,
      timer: undefined,
      child: null,
      onProgress: (value) => {
        // The child serves the same Methods: both sides are compiled together.
        if (!signal?.aborted) onProgress?.(value as Methods[M]["progress"]);
      },
      onDone: resolve,
      onFailed: reject,
    };
    const abandon = () => this.#abandon(call, signal?.reason);
    signal?.addEventListener("abort", abandon, { once: true });
    this.#queue.add(call);
    this.#dispatch();
    try {
      return (await promise) as Methods[M]["output"];
    } catch (error) {
      // Whatever way a cancelled call ended, cancelled is what it is.
      throw signal?.aborted ? signal.reason : error;
    } finally {
      clearTimeout(call.timer);
      signal?.removeEventListener("abort", abandon);
    }
  }

  /** Starts children ahead of their first calls, up to so many: work is about to come, and a start takes a while. */
  warm(children: number): void {
    if (this.#isClosed) return;
    while (this.#children.size < Math.min(children, this.#options.size)) this.#launch();
  }

  /** Fails what waits and what runs with an AbortError, and ends every child. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#idleTimer);
    for (const call of this.#queue.drain()) call.onFailed(workersClosed());
    for (const child of this.#children) this.#end(child)?.onFailed(workersClosed());
    await Promise.all(this.#ending);
  }

  #abandon(call: PoolCall, reason: unknown): void {
    if (this.#queue.delete(call)) {
      call.onFailed(reason);
      return;
    }
    const { child } = call;
    if (child === null) return;
    child.cancel(call);
    clearTimeout(call.timer);
    call.timer = setTimeout(() => this.#stop(call, child, reason), CANCEL_GRACE_MS);
  }

  /** Ends a call that does not end by itself. */
  #stop(call: PoolCall, child: PoolChild<PoolCall>, reason: unknown): void {
    this.#end(child);
    call.onFailed(reason);
    this.#dispatch();
  }

  /** Hands calls to free children, and starts children as long as calls wait for one. */
  #dispatch(): void {
    clearTimeout(this.#idleTimer);
    let starting = 0;
    let isIdle = true;
    for (const child of this.#children) {
      if (child.isStarting) starting += 1;
      const call = child.isFree ? this.#queue.take() : undefined;
      if (call !== undefined) this.#start(call, child);
      isIdle &&= child.isFree;
    }
    while (this.#queue.size > starting && this.#children.size < this.#options.size) {
      this.#launch();
      starting += 1;
      isIdle = false;
    }
    if (isIdle && this.#children.size > 0) {
      this.#idleTimer = setTimeout(() => {
        for (const child of this.#children) this.#end(child);
      }, this.#options.idleMs ?? IDLE_MS).unref();
    }
  }

  #start(call: PoolCall, child: PoolChild<PoolCall>): void {
    const { timeoutMs } = call;
    call.child = child;
    child.start(call);
    if (timeoutMs === null) return;
    call.timer = setTimeout(() => {
      this.#stop(call, child, workerTimedOut(this.#options.title, call.subject, timeoutMs));
    }, timeoutMs);
  }

  #launch(): void {
    const { launcher, entry, name, env, title, onLog } = this.#options;
    const channel = launcher.launch(entry, { name, ...(env && { env }) });
    const child: PoolChild<PoolCall> = new PoolChild<PoolCall>(channel, {
      onFree: () => {
        this.#failedStarts = 0;
        this.#dispatch();
      },
      onDied: (exit, call, wasReady) => {
        this.#children.delete(child);
        call?.onFailed(workerDied(title, call.subject, exit));
        if (!wasReady) this.#failedStarts += 1;
        if (this.#failedStarts >= MAX_FAILED_STARTS) {
          this.#failedStarts = 0;
          for (const waiting of this.#queue.drain()) {
            waiting.onFailed(workerCannotStart(title, child.lastLine));
          }
        }
        this.#dispatch();
      },
      onLog: (line, call) => onLog?.({ worker: name, line, call }),
    });
    this.#children.add(child);
  }

  /** @returns the call that the child was running. */
  #end(child: PoolChild<PoolCall>): PoolCall | null {
    this.#children.delete(child);
    this.#ending.add(child.exited);
    void child.exited.then(() => this.#ending.delete(child.exited));
    return child.kill();
  }
}
