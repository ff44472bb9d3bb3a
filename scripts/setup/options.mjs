// What `npm start` can be told.
import path from "node:path";
import { SetupFailure } from "./words.mjs";

/**
 * @typedef {object} StartOptions
 * @property {string | undefined} folder dropped when the window opens; absolute
 * @property {string | undefined} library where Kiln keeps its data; absolute
 * @property {"en" | "ko" | undefined} language
 * @property {boolean} headless
 * @property {boolean} fetchElectron
 * @property {boolean} help
 */

export const startHelp = {
  en: `npm start [-- [FOLDER] [options]]

  FOLDER             open with this folder of photos dropped
  --library DIR      where Kiln keeps its data
  --lang en|ko       the window's language
  --headless         no window: print the address to open
  --fetch-electron   try again to download Electron
  --help             this text`,
  ko: `npm start [-- [폴더] [옵션]]

  폴더               이 사진 폴더를 끌어다 놓은 상태로 시작
  --library DIR      Kiln이 데이터를 두는 곳
  --lang en|ko       창의 언어
  --headless         창 없이 열 주소만 출력
  --fetch-electron   Electron 다시 내려받기
  --help             이 도움말`,
};

/**
 * @param {readonly string[]} args
 * @param {string} folder relative paths are meant from here
 * @returns {StartOptions}
 * @throws {SetupFailure} exit code 2: an option that does not exist or lacks its value
 */
export function parseStartOptions(args, folder) {
  /** @type {StartOptions} */
  const options = {
    folder: undefined,
    library: undefined,
    language: undefined,
    headless: false,
    fetchElectron: false,
    help: false,
  };
  /** @param {import("./words.mjs").Words} words @returns {never} */
  const refuse = (words) => {
    throw new SetupFailure(
      { en: `${words.en}\n\n${startHelp.en}`, ko: `${words.ko}\n\n${startHelp.ko}` },
      { exitCode: 2 },
    );
  };
  const rest = [...args];
  /** @param {string} name @param {string | undefined} given */
  const value = (name, given) => {
    const found = given ?? rest.shift();
    if (found === undefined || found === "" || (given === undefined && found.startsWith("--"))) {
      return refuse({ en: `${name} needs a value.`, ko: `${name}에 값이 필요합니다.` });
    }
    return found;
  };
  let onlyFolders = false;
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (onlyFolders || !arg.startsWith("-")) {
      if (options.folder !== undefined) {
        refuse({
          en: "Kiln opens one folder at a time.",
          ko: "폴더는 한 번에 하나만 열 수 있습니다.",
        });
      }
      options.folder = path.resolve(folder, arg);
      continue;
    }
    const [name = "", given] = arg.includes("=")
      ? [arg.slice(0, arg.indexOf("=")), arg.slice(arg.indexOf("=") + 1)]
      : [arg];
    if (name === "--") onlyFolders = true;
    else if (name === "--library") options.library = path.resolve(folder, value(name, given));
    else if (name === "--headless") options.headless = true;
    else if (name === "--fetch-electron") options.fetchElectron = true;
    else if (name === "--help" || name === "-h") options.help = true;
    else if (name === "--lang") {
      const language = value(name, given);
      if (language !== "en" && language !== "ko") {
        refuse({ en: "--lang is en or ko.", ko: "--lang은 en 또는 ko입니다." });
      }
      options.language = language === "ko" ? "ko" : "en";
    } else refuse({ en: `There is no option ${name}.`, ko: `${name} 옵션은 없습니다.` });
  }
  return options;
}

/**
 * The arguments that every host understands.
 * @param {StartOptions} options
 */
export function hostArguments({ folder, library, language }) {
  return [
    ...(library === undefined ? [] : ["--library", library]),
    ...(folder === undefined ? [] : ["--open", folder]),
    ...(language === undefined ? [] : ["--lang", language]),
  ];
}

/**
 * Whether a window can be shown.
 * @param {NodeJS.Platform} platform
 * @param {NodeJS.ProcessEnv} env
 */
export function hasDisplay(platform, env) {
  return platform !== "linux" || Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);
}
