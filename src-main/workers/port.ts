/** How a child ended: an exit code, or the signal that ended it where the system tells. */
export interface WorkerExit {
  readonly code: number | null;
  readonly signal: string | null;
}

export interface LaunchOptions {
  /** What the system's process list and the log call the child; kebab-case. */
  readonly name: string;
  /** Added to {@link workerEnvironment}, which is all that a child is given. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A running child: messages both ways, its log lines, its end. One listener of each kind, set at once. */
export interface WorkerChannel {
  /** Process id; undefined until the system has started it. */
  readonly pid: number | undefined;
  /** Sends what structured clone can copy. Sending to a child that has ended does nothing. */
  post(message: object): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Called exactly once, also when the child could not be started at all. */
  onExit(listener: (exit: WorkerExit) => void): void;
  /** Called with each line that the child wrote to stdout or stderr. */
  onLog(listener: (line: string) => void): void;
  /** Ends the child at once, without its consent; `onExit` follows. */
  kill(): void;
}

/**
 * Starts children. Plain Node forks; Electron starts a utilityProcess (its own binary can't be forked). The child's
 * module answers by `serveWorker`, which finds out by itself where it runs.
 */
export interface WorkerLauncher {
  /** Starts `entry` (absolute path of a module) as a process of its own. */
  launch(entry: string, options: LaunchOptions): WorkerChannel;
}
