/** A process of its own for tests: opens the library in argv[2], prints what came of it and holds it until killed. */
import { KilnError } from "../errors.ts";
import { openDatabase } from "./database.ts";

try {
  openDatabase(process.argv[2] ?? "");
  process.stdout.write("open\n");
  setInterval(() => undefined, 60_000);
} catch (error) {
  process.stdout.write(`${error instanceof KilnError ? error.code : String(error)}\n`);
}
