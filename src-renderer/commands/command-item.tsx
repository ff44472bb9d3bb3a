import type { ReactElement } from "react";
import { type CommandId, commands } from "../../src-preload/contract/commands.ts";
import { useLanguage } from "../messages/language.ts";
import { MenuItem } from "../ui/menu.tsx";
import { isMac } from "./keyboard.ts";
import { showKey } from "./keys.ts";
import { isEnabled, runCommand } from "./registry.ts";

/** A command in a menu of the page. */
export function CommandItem({ id }: { readonly id: CommandId }): ReactElement {
  const language = useLanguage();
  const [key] = commands[id].keys;
  return (
    <MenuItem
      shortcut={key === undefined ? undefined : showKey(key, isMac)}
      disabled={!isEnabled(id)}
      onChoose={() => runCommand(id)}
    >
      {commands[id].title[language]}
    </MenuItem>
  );
}
