import { describe, expect, it } from "vitest";
import { commands } from "../../src-preload/contract/commands.ts";
import { commandIds, commandOfKey, showKey } from "./keys.ts";

const up = { ctrlKey: false, metaKey: false, shiftKey: false, altKey: false };

describe("keys", () => {
  it("are read from their place, so that a Korean layout changes nothing", () => {
    // The browser reports `key: "ㅔ"` for P with Korean input on; the code stays.
    const press = { ...up, code: "KeyP", key: "ㅔ" };
    expect(commandOfKey(press, false)).toBe("photo.pick");
  });

  it("tell plain letters from those with Ctrl or Shift", () => {
    expect(commandOfKey({ ...up, code: "KeyZ" }, false)).toBe("view.zoom");
    expect(commandOfKey({ ...up, code: "KeyZ", ctrlKey: true }, false)).toBe("edit.undo");
    const redo = { ...up, code: "KeyZ", ctrlKey: true, shiftKey: true };
    expect(commandOfKey(redo, false)).toBe("edit.redo");
    expect(commandOfKey({ ...up, code: "KeyP", altKey: true }, false)).toBeNull();
  });

  it("use ⌘ on a Mac and Ctrl elsewhere", () => {
    expect(commandOfKey({ ...up, code: "KeyK", metaKey: true }, true)).toBe("help.palette");
    expect(commandOfKey({ ...up, code: "KeyK", ctrlKey: true }, false)).toBe("help.palette");
    expect(commandOfKey({ ...up, code: "KeyK", metaKey: true }, false)).toBe("view.peaking");
  });

  it("mean one command each", () => {
    const keys = commandIds.flatMap((id) => commands[id].keys);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it("follow the conventions of culling", () => {
    const expected = {
      KeyG: "view.grid",
      KeyE: "view.loupe",
      KeyC: "view.compare",
      KeyN: "view.survey",
      Digit0: "photo.stars0",
      Digit5: "photo.stars5",
      Digit6: "photo.red",
      Digit9: "photo.blue",
      KeyX: "photo.reject",
      KeyU: "photo.unflag",
      F6: "view.filmstrip",
      Tab: "view.panels",
      KeyF: "view.fullscreen",
    };
    for (const [code, id] of Object.entries(expected)) {
      expect(commandOfKey({ ...up, code }, false), code).toBe(id);
    }
    expect(commandOfKey({ ...up, code: "Slash", shiftKey: true }, false)).toBe("help.keys");
  });

  it("are shown as people write them", () => {
    expect(showKey("Mod+Shift+KeyZ", false)).toBe("Ctrl+Shift+Z");
    expect(showKey("Mod+Shift+KeyZ", true)).toBe("⌘⇧Z");
    expect(showKey("Shift+Slash", false)).toBe("?");
    expect(showKey("Digit3", false)).toBe("3");
  });
});
