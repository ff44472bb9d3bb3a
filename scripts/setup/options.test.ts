import { describe, expect, test } from "vitest";
import { hasDisplay, hostArguments, parseStartOptions } from "./options.mjs";
import { SetupFailure } from "./words.mjs";

const parse = (...args: string[]) => parseStartOptions(args, "/home/ann");

test("nothing said is a window on the usual library", () => {
  expect(hostArguments(parse())).toEqual([]);
  expect(parse().headless).toBe(false);
});

test("paths are meant from where the command was typed", () => {
  const options = parse("photos/서울 🌸", "--library", "../lib", "--lang=ko", "--headless");
  expect(options.headless).toBe(true);
  expect(hostArguments(options)).toEqual([
    ...["--library", "/home/lib"],
    ...["--open", "/home/ann/photos/서울 🌸"],
    ...["--lang", "ko"],
  ]);
});

test("a folder may look like an option after --, and hold an equals sign", () => {
  expect(parse("--", "--help").folder).toBe("/home/ann/--help");
  expect(parse("--library=a=b").library).toBe("/home/ann/a=b");
});

describe("wrong usage", () => {
  test.each([
    ["an unknown option", ["--window"], "There is no option --window."],
    ["an option without its value", ["--library"], "--library needs a value."],
    ["an option in place of a value", ["--library", "--headless"], "--library needs a value."],
    ["an empty value", ["--library="], "--library needs a value."],
    ["a language that is not there", ["--lang", "fr"], "--lang is en or ko."],
    ["two folders", ["a", "b"], "one folder at a time"],
  ])("%s is refused with exit code 2", (_name, args, sentence) => {
    let failure: unknown;
    try {
      parse(...args);
    } catch (error) {
      failure = error;
    }
    expect(failure).toBeInstanceOf(SetupFailure);
    expect(failure).toMatchObject({ exitCode: 2, message: expect.stringContaining(sentence) });
  });
});

test("only Linux can be without a display", () => {
  expect(hasDisplay("linux", {})).toBe(false);
  expect(hasDisplay("linux", { DISPLAY: "" })).toBe(false);
  expect(hasDisplay("linux", { DISPLAY: ":0" })).toBe(true);
  expect(hasDisplay("linux", { WAYLAND_DISPLAY: "wayland-0" })).toBe(true);
  expect(hasDisplay("darwin", {})).toBe(true);
});
