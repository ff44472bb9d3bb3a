import { constants, setPriority } from "node:os";
import type { WorkerMethods } from "./methods.ts";
import { type FromWorker, type ToWorker, toWireError } from "./wire.ts";

export interface WorkerCallContext<Progress> {
  /** Aborted when the caller gave up. Answer within 150 ms of it or be killed. */
  readonly signal: AbortSignal;
  /** Call it as often as you like: the newest value is delivered when the last one has arrived. */
  readonly progress: (value: Progress) => void;
}

export type WorkerHandlers<Methods extends WorkerMethods<Methods>> = {
  readonly [M in keyof Methods]: (
    input: Methods[M]["input"],
    context: WorkerCallContext<Methods[M]["progress"]>,
  ) => Promise<Methods[M]["output"]>;
};

/**
 * Answers a WorkerPool's calls: the last thing that a worker's entry does. The process runs at lower priority than
 * the window, and ends when its parent is gone.
 */
export function serveWorker<Methods extends WorkerMethods<Methods>>(
  handlers: WorkerHandlers<Methods>,
): void {
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  const parent = parentPort();
  const running = new Map<number, RunningCall>();

  const answer = async (id: number, method: string, input: unknown): Promise<void> => {
    const call = new RunningCall((value) => parent.post({ type: "progress", id, value }));
    running.set(id, call);
    try {
      if (!isMethod(handlers, method)) throw new TypeError(`No method ${method}`);
      // The caller is our own WorkerPool<Methods>, compiled from the same types.
      const value = await handlers[method](input as Methods[typeof method]["input"], call);
      parent.post({ type: "done", id, value });
    } catch (error) {
      parent.post({ type: "failed", id, error: toWireError(error) });
    } finally {
      running.delete(id);
    }
  };

  parent.listen((message) => {
    if (message.type === "call") void answer(message.id, message.method, message.input);
    else if (message.type === "cancel") running.get(message.id)?.cancel();
    else running.get(message.id)?.acknowledge();
  });
  parent.post({ type: "ready" });
}

class RunningCall implements WorkerCallContext<unknown> {
  readonly signal: AbortSignal;
  readonly progress: (value: unknown) => void;
  readonly #controller = new AbortController();
  readonly #send: (value: unknown) => void;
  #inFlight = false;
  #waiting: { readonly value: unknown } | null = null;

  constructor(send: (value: unknown) => void) {
    this.#send = send;
    this.signal = this.#controller.signal;
    this.progress = (value) => {
      this.#waiting = { value };
      this.#flush();
    };
  }

  acknowledge(): void {
    this.#inFlight = false;
    this.#flush();
  }

  cancel(): void {
    this.#controller.abort();
  }

  #flush(): void {
    if (this.#inFlight || this.#waiting === null) return;
    const { value } = this.#waiting;
    this.#waiting = null;
    this.#inFlight = true;
    this.#send(value);
  }
}

function isMethod<Methods>(handlers: Methods, method: string): method is keyof Methods & string {
  return Object.hasOwn(handlers as object, method);
}

interface ParentPort {
  post(message: FromWorker): void;
  listen(listener: (message: ToWorker) => void): void;
}

/** Electron's utilityProcess is told by its shape, so that nothing here imports electron. */
interface UtilityPort {
  postMessage(message: unknown): void;
  on(event: "message", listener: (event: { data: ToWorker }) => void): void;
}

function parentPort(): ParentPort {
  const utilityPort = utilityPortOf(process);
  if (utilityPort !== null) {
    return {
      post: (message) => utilityPort.postMessage(message),
      listen: (listener) => utilityPort.on("message", ({ data }) => listener(data)),
    };
  }
  if (process.send === undefined) {
    throw new Error("A worker is started by a WorkerLauncher, not by hand.");
  }
  process.on("disconnect", () => process.exit());
  return {
    // A parent that is gone hears nothing: 'disconnect' ends us.
    post: (message) => process.send?.(message, undefined, undefined, () => {}),
    listen: (listener) => process.on("message", (message) => listener(message as ToWorker)),
  };
}

function utilityPortOf(host: object): UtilityPort | null {
  return isUtilityProcess(host) ? host.parentPort : null;
}

function isUtilityProcess(host: object): host is { readonly parentPort: UtilityPort } {
  return "parentPort" in host && host.parentPort !== undefined && host.parentPort !== null;
}
