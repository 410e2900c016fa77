// SPDX-License-Identifier: Apache-2.0
/** Single keys as commands: never while somebody types, never with a modifier, and they can be switched off. */
import { signal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { recall, remember } from "@/platform/storage";

const KEY = "vcare.keys";
export const shortcutsOn = signal(recall(KEY) !== "off");

export function toggleShortcuts(): void {
  shortcutsOn.value = !shortcutsOn.value;
  remember(KEY, shortcutsOn.value ? "on" : "off");
}

const types = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

export function useShortcuts(commands: Readonly<Record<string, () => void>>): void {
  const latest = useRef(commands);
  latest.current = commands;
  // Before the board is painted: whoever sees it may press a key.
  useLayoutEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      if (!shortcutsOn.value || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || types(event.target)) return;
      // Enter on a button or link is that button's own.
      if (event.key === "Enter" && event.target instanceof HTMLElement && event.target.closest("button, a, summary") !== null) return;
      const command = latest.current[event.key.length === 1 ? event.key.toLowerCase() : event.key];
      if (command === undefined) return;
      event.preventDefault();
      command();
    };
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  }, []);
}
