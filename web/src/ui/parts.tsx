// SPDX-License-Identifier: Apache-2.0
/** The small pieces that every screen is made of. */
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { CircleAlert, CircleCheck, Info, SignalHigh, SignalLow, SignalMedium, SignalZero } from "lucide-preact";
import { languageCodes, languages, language, setLanguage, t, type LanguageCode } from "@/i18n";
import type { Connection } from "@/api/types";

type ButtonProps = Omit<JSX.ButtonHTMLAttributes<HTMLButtonElement>, "type"> & {
  readonly look?: "primary" | "danger" | "quiet" | "plain";
  readonly busy?: boolean;
  readonly compact?: boolean;
  readonly wide?: boolean;
  readonly submit?: boolean;
  readonly children: ComponentChildren;
};

/** A busy button keeps its place and the focus, says that it works, and does nothing twice. */
export function Button({ look = "plain", busy = false, compact = false, wide = false, submit = false, children, onClick, class: extra, ...rest }: ButtonProps) {
  const classes = ["button", look, compact && "compact", wide && "wide", extra].filter(Boolean).join(" ");
  return (
    <button
      {...rest}
      type={submit ? "submit" : "button"}
      class={classes}
      aria-disabled={busy ? "true" : undefined}
      onClick={(event) => (busy ? event.preventDefault() : onClick?.(event))}
    >
      {busy && <span class="spinner" aria-hidden="true" />}
      {children}
    </button>
  );
}

const noticeIcons = { info: Info, good: CircleCheck, warn: CircleAlert, bad: CircleAlert };

export function Notice({ kind = "info", live = false, children }: { kind?: "info" | "good" | "warn" | "bad"; live?: boolean; children: ComponentChildren }) {
  const Icon = noticeIcons[kind];
  return (
    <div class={`notice ${kind}`} role={live ? (kind === "bad" ? "alert" : "status") : undefined}>
      <Icon size={20} aria-hidden="true" />
      <div class="stack-s grow">{children}</div>
    </div>
  );
}

/** The heading of a screen takes the focus when the screen appears, so that it is read out and the keyboard starts there. */
export function Heading({ children, focus = true }: { children: ComponentChildren; focus?: boolean }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (!focus) return;
    globalThis.scrollTo(0, 0);
    heading.current?.focus({ preventScroll: true });
  }, [focus]);
  return (
    <h1 ref={heading} tabIndex={-1}>
      {children}
    </h1>
  );
}

/** Words for screen readers only: whatever the text becomes is read out. */
export const Announce = ({ children }: { children: ComponentChildren }) => (
  <p class="visually-hidden" role="status">
    {children}
  </p>
);

export const initialsOf = (name: string): string =>
  name.split(/\s+/).filter((word) => !/^(dr|prof|mr|mrs|ms)\.?$/i.test(word)).map((word) => [...word][0] ?? "").slice(0, 2).join("").toUpperCase();

export const Avatar = ({ name, small = false }: { name: string; small?: boolean }) => (
  <span class={small ? "avatar s" : "avatar"} aria-hidden="true">
    {initialsOf(name) || "·"}
  </span>
);

const bars = { good: SignalHigh, fair: SignalMedium, poor: SignalLow, unknown: SignalZero };

export function ConnectionTag({ quality, short = false }: { quality: Connection; short?: boolean }) {
  const Icon = bars[quality] ?? SignalZero;
  const words = t(`connection.${quality in bars ? quality : "unknown"}`);
  return (
    <span class={`tag ${quality}`} title={short ? words : undefined}>
      <Icon size={18} aria-hidden="true" />
      <span class={short ? "visually-hidden" : undefined}>{words}</span>
    </span>
  );
}

/** Each language under its own name. The choice goes into the address, so that a reload keeps it. */
export function LanguageSwitch() {
  const choose = (code: LanguageCode): void => {
    const address = new URL(globalThis.location.href);
    address.searchParams.set("lang", code);
    globalThis.history.replaceState(null, "", address);
    void setLanguage(code);
  };
  return (
    <div class="languages" role="group" aria-label={t("language.label")}>
      {languageCodes.map((code) => (
        <button key={code} type="button" lang={code} dir={languages[code].dir} aria-pressed={code === language()} onClick={() => choose(code)}>
          {languages[code].name}
        </button>
      ))}
    </div>
  );
}
