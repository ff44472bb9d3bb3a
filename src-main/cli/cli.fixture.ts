/** The CLI for tests, run from its sources: as `main.ts`, with its workers' sources. */
import { workerSources } from "../services.fixture.ts";
import { runCli } from "./run.ts";

process.exitCode = await runCli(process.argv.slice(2), workerSources);
