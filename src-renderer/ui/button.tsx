import type { ComponentPropsWithRef, ReactElement, ReactNode } from "react";
import { Icon, type IconName } from "./icons.tsx";
import css from "./ui.module.css";

interface ButtonProps extends ComponentPropsWithRef<"button"> {
  readonly tone?: "plain" | "primary" | "quiet";
  readonly icon?: IconName;
  readonly children: ReactNode;
}

export function Button(props: ButtonProps): ReactElement {
  const { tone = "plain", icon, children, className, ...rest } = props;
  const classes = [css.button, tone === "plain" ? "" : css[tone], className];
  return (
    <button type="button" className={classes.filter(Boolean).join(" ")} {...rest}>
      {icon !== undefined && <Icon name={icon} />}
      {children}
    </button>
  );
}

interface IconButtonProps extends ComponentPropsWithRef<"button"> {
  readonly icon: IconName;
  /** What it does; shown as a tooltip, with its shortcut. */
  readonly label: string;
  readonly shortcut?: string | undefined;
  readonly pressed?: boolean | undefined;
}

export function IconButton(props: IconButtonProps): ReactElement {
  const { icon, label, shortcut, pressed, className, ...rest } = props;
  const classes = [css.button, css.icon, pressed === true ? css.pressed : "", className];
  return (
    <button
      type="button"
      className={classes.filter(Boolean).join(" ")}
      aria-label={label}
      aria-pressed={pressed}
      data-tip={label}
      data-keys={shortcut}
      {...rest}
    >
      <Icon name={icon} />
    </button>
  );
}
