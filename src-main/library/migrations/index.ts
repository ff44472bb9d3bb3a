import { sql as first } from "./0001.ts";
import { sql as second } from "./0002.ts";
import { sql as third } from "./0003.ts";
import { sql as fourth } from "./0004.ts";
import { sql as fifth } from "./0005.ts";

/** Every migration in order: the n-th takes a library from schema version n - 1 to n. Append only. */
export const migrations: readonly string[] = [first, second, third, fourth, fifth];
