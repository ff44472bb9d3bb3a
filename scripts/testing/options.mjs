// What `npm test` can be told. Read before set-up, too: which kinds run decides what they need.
import { SetupFailure } from "../setup/words.mjs";

/** Every kind of check, in the order in which they run. The last three are the hosts of the end-to-end specs. */
export const kinds = ["types", "lint", "unit", "build", "chromium", "electron", "packed"];
const hosts = ["chromium", "electron", "packed"];

export const testHelp = {
  en: `npm test [-- --only KIND[,KIND…]] [-- --proofs]

  --only      ${kinds.join(", ")}, or e2e for the last three
  --proofs    full counts instead of a seeded slice (npm run proofs)`,
  ko: `npm test [-- --only 종류[,종류…]] [-- --proofs]

  --only      ${kinds.join(", ")}, 또는 마지막 셋을 뜻하는 e2e
  --proofs    일부 표본 대신 전체 횟수를 실행(npm run proofs)`,
};

/**
 * @param {readonly string[]} args
 * @returns {{ only: string[] | undefined, proofs: boolean, help: boolean }} only: undefined means all
 * @throws {SetupFailure} exit code 2
 */
export function parseTestOptions(args) {
  const rest = [...args];
  let only;
  let proofs = false;
  let help = false;
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (arg === "--proofs") proofs = true;
    else if (arg === "--help" || arg === "-h") help = true;
    else if (arg === "--only" || arg.startsWith("--only=")) {
      const value = arg === "--only" ? (rest.shift() ?? "") : arg.slice("--only=".length);
      const named = value.split(",").flatMap((kind) => (kind === "e2e" ? hosts : [kind]));
      const unknown = named.find((kind) => !kinds.includes(kind));
      if (unknown !== undefined) throw wrong(`"${unknown}"`);
      only = [...new Set([...(only ?? []), ...named])];
    } else throw wrong(arg);
  }
  // The hosts run what the build makes.
  if (only?.some((kind) => hosts.includes(kind)) && !only.includes("build")) only.push("build");
  return { only, proofs, help };
}

/** @param {string} what */
function wrong(what) {
  return new SetupFailure(
    {
      en: `npm test does not know ${what}.\n\n${testHelp.en}`,
      ko: `npm test가 모르는 값입니다: ${what}\n\n${testHelp.ko}`,
    },
    { exitCode: 2 },
  );
}
