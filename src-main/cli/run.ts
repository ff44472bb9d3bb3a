import { resolve } from "node:path";
import type { Localized, Problem } from "../../src-preload/contract/problem.ts";
import { defaultDataDirectory } from "../host/index.ts";
import type { WorkerModules } from "../services.ts";
import { version } from "../version.ts";
import { UsageError } from "./arguments.ts";
import { openKiln } from "./client.ts";
import { commands, JobFailure } from "./commands.ts";
import { problemOfCall } from "./problem.ts";
import { ProgressDisplay, printable, terminalLanguage } from "./terminal.ts";

const exitCodes = { done: 0, failed: 1, usage: 2, cancelled: 130 } as const;

const language = terminalLanguage(process.env);

/**
 * `kiln …`: the services without a window. stdout carries the result alone; everything else goes to stderr.
 *
 * @returns the exit code
 */
export async function runCli(args: string[], workers: WorkerModules): Promise<number> {
  const [name, ...rest] = args;
  if (name === "--version") {
    process.stdout.write(`${version}\n`);
    return exitCodes.done;
  }
  if (name === undefined || name === "--help" || name === "-h") {
    (name === undefined ? process.stderr : process.stdout).write(overview());
    return name === undefined ? exitCodes.usage : exitCodes.done;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) {
    process.stderr.write(
      `kiln: ${language === "ko" ? "없는 명령입니다:" : "There is no command"} “${name}”\n\n${overview()}`,
    );
    return exitCodes.usage;
  }
  if (rest.includes("--help") || rest.includes("-h")) {
    process.stdout.write(
      `${command.usage}\n  ${command.summary[language]}\n\n${command.details[language]}\n${everywhere[language]}\n`,
    );
    return exitCodes.done;
  }

  const cancel = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => cancel.abort(new DOMException("Cancelled", "AbortError")));
  }
  const progress = new ProgressDisplay(process.stderr, language);
  try {
    const result = await command.run(rest, {
      language,
      signal: cancel.signal,
      onProgress: (job) => progress.show(job),
      tell: (text) => {
        progress.end();
        process.stderr.write(`${printable(text[language])}\n`);
      },
      connect: (library) =>
        openKiln({
          version,
          libraryDirectory: library === undefined ? defaultDataDirectory() : resolve(library),
          workers,
        }),
    });
    progress.end();
    process.stdout.write(
      `${result.asJson ? JSON.stringify(result.json) : printable(result.text)}\n`,
    );
    return result.isFailure === true ? exitCodes.failed : exitCodes.done;
  } catch (error) {
    progress.end();
    if (error instanceof UsageError) {
      const { happened } = error;
      process.stderr.write(
        `${printable(`kiln ${name}: ${happened[language]}`)}\n${command.usage}\n`,
      );
      const todo = { en: `It is ${command.usage}`, ko: `올바른 형식: ${command.usage}` };
      tellProblem(rest, { code: "usage", happened, todo });
      return exitCodes.usage;
    }
    if (cancel.signal.aborted) {
      process.stderr.write(language === "ko" ? "취소했습니다.\n" : "Cancelled.\n");
      return exitCodes.cancelled;
    }
    const problem = error instanceof JobFailure ? error.problem : problemOfCall(error);
    if (problem.code === "bug") process.stderr.write(`${String(error)}\n`);
    process.stderr.write(
      `${printable(`${problem.happened[language]} ${problem.todo[language]}`)}\n`,
    );
    tellProblem(rest, problem);
    return exitCodes.failed;
  }
}

/** Programs that asked for JSON get one document of it, whatever happened. */
function tellProblem(args: readonly string[], problem: Problem): void {
  if (args.includes("--json")) process.stdout.write(`${JSON.stringify({ problem })}\n`);
}

function overview(): string {
  const lines = Object.values(commands).map(
    (command) => `  ${command.usage}\n      ${command.summary[language]}`,
  );
  return `Kiln ${version}\n\n${lines.join("\n")}\n\n  kiln COMMAND --help\n${everywhere[language]}\n`;
}

/** What every command takes, for its --help. */
const everywhere: Localized = {
  en: `  --library DIR  where Kiln keeps its data (${defaultDataDirectory()})
  --help         say what a command takes, and do nothing`,
  ko: `  --library DIR  Kiln이 데이터를 두는 곳(${defaultDataDirectory()})
  --help         명령의 사용법만 보여 줍니다`,
};
