import { type RefObject, useEffect, useRef } from "react";

/** Gives an element the keyboard when it comes: for what the person has just asked for. */
export function useFocus<Target extends HTMLElement>(): RefObject<Target | null> {
  const element = useRef<Target>(null);
  useEffect(() => element.current?.focus(), []);
  return element;
}
