import type { ReactElement } from "react";
import { type CommandId, commands } from "../../src-preload/contract/commands.ts";
import { useLanguage } from "../messages/language.ts";
import { Button, IconButton } from "../ui/button.tsx";
import type { IconName } from "../ui/icons.tsx";
import { isMac } from "./keyboard.ts";
import { showKey } from "./keys.ts";
import { runCommand } from "./registry.ts";

interface CommandButtonProps {
  readonly id: CommandId;
  readonly icon: IconName;
  readonly pressed?: boolean;
  readonly disabled?: boolean;
  /** Shows the title beside the icon. */
  readonly tone?: "plain" | "primary" | "quiet";
}

/** A button that is nothing but a command: name, tooltip and shortcut come from the list. */
export function CommandButton(props: CommandButtonProps): ReactElement {
  const { id, icon, pressed, disabled, tone } = props;
  const language = useLanguage();
  const title = commands[id].title[language].replace(/…$/, "");
  const [key] = commands[id].keys;
  const shortcut = key === undefined ? undefined : showKey(key, isMac);
  if (tone !== undefined) {
    return (
      <Button
        tone={tone}
        icon={icon}
        disabled={disabled}
        data-tip={title}
        data-keys={shortcut}
        onClick={() => runCommand(id)}
      >
        {title}
      </Button>
    );
  }
  return (
    <IconButton
      icon={icon}
      label={title}
      shortcut={shortcut}
      pressed={pressed}
      disabled={disabled}
      onClick={() => runCommand(id)}
    />
  );
}
