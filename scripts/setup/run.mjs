// Child processes of the set-up and of the commands.
import { spawn } from "node:child_process";
import { root } from "./project.mjs";

/**
 * @typedef {object} Finished
 * @property {number | null} code exit code; null when a signal ended it or it could not be started
 * @property {NodeJS.Signals | null} signal
 * @property {string} output the last 64 KiB of stdout and stderr together
 * @property {string} stdout the last 64 KiB of stdout
 * @property {NodeJS.ErrnoException | undefined} error why it could not be started
 */

const kept = 65536;

/**
 * Runs a command to its end and keeps the end of what it wrote. Never throws.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, shell?: boolean, show?: boolean, limitMs?: number, abort?: AbortSignal }} [options]
 *   show: also pass its output on to stderr as it comes
 * @returns {Promise<Finished>}
 */
export function run(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: options.cwd ?? root,
      env: options.env ?? process.env,
      shell: options.shell ?? false,
      stdio: ["ignore", "pipe", "pipe"],
      windowsHide: true,
    });
    let output = "";
    let stdout = "";
    child.stdout.setEncoding("utf8").on("data", (chunk) => {
      stdout = (stdout + chunk).slice(-kept);
    });
    for (const stream of [child.stdout, child.stderr.setEncoding("utf8")]) {
      stream.on("data", (chunk) => {
        output = (output + chunk).slice(-kept);
        if (options.show) process.stderr.write(chunk);
      });
    }
    const stop = () => child.kill("SIGKILL");
    const timer = options.limitMs ? setTimeout(stop, options.limitMs) : undefined;
    options.abort?.addEventListener("abort", stop, { once: true });
    /** @type {NodeJS.ErrnoException | undefined} */
    let failure;
    child.on("error", (error) => {
      failure = error;
    });
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      options.abort?.removeEventListener("abort", stop);
      resolve({ code: failure ? null : code, signal, output, stdout, error: failure });
    });
  });
}

/**
 * The exit code with which to end when a child has ended: its own, or 128 + the signal's number, as shells do.
 * @param {number | null} code
 * @param {NodeJS.Signals | null} signal
 */
export function exitCodeOf(code, signal) {
  if (code !== null) return code;
  const numbers = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 };
  return (
    128 + (signal && signal in numbers ? numbers[/** @type {keyof typeof numbers} */ (signal)] : 1)
  );
}

const parentAtStart = process.ppid;

/**
 * Hands signals on to a child until it ends. Ctrl+C on a terminal reaches the child without us, and a second SIGINT
 * would tell it to hurry; so SIGINT is handed on only where no terminal did so.
 * @param {import("node:child_process").ChildProcess} child
 * @returns {() => boolean} whether anybody has asked for the end so far
 */
export function handSignalsOn(child) {
  let asked = false;
  const onTerminal = Boolean(process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY);
  /** @param {NodeJS.Signals} signal */
  const hand = (signal) => {
    asked = true;
    if (signal !== "SIGINT" || !onTerminal) child.kill(signal);
  };
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
    process.on(signal, hand);
    child.once("exit", () => process.off(signal, hand));
  }
  // npm puts a shell between us; a SIGTERM to npm ends that shell (Debian's passes nothing on), and leaves us behind.
  if (process.env.npm_lifecycle_event !== undefined) {
    const watch = setInterval(() => {
      if (process.ppid === parentAtStart) return;
      clearInterval(watch);
      hand("SIGTERM");
    }, 500);
    child.once("exit", () => clearInterval(watch));
  }
  return () => asked;
}

/**
 * Runs a command on this process's own terminal and streams.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<{ code: number | null, signal: NodeJS.Signals | null }>}
 */
export function runInForeground(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: "inherit", ...options });
    handSignalsOn(child);
    child.once("error", reject);
    child.once("exit", (code, signal) => resolve({ code, signal }));
  });
}
