import { el } from "./dom.js";

/** Dark and light: as the system has it, unless the reader chooses. Charts on a canvas are told when it changes. */

const THEMES = ["auto", "light", "dark"] as const;
const KEY = "simdgrad-theme";
const listeners = new Set<() => void>();

/** Calls `redraw` when colours change. @returns what ends that */
export function onThemeChange(redraw: () => void): () => void {
  listeners.add(redraw);
  return () => listeners.delete(redraw);
}

let probe: HTMLElement | null = null;
let colors = new Map<string, string>();

/** The colour of a custom property such as "--ink", as a canvas takes it. */
export function color(property: string): string {
  const known = colors.get(property);
  if (known !== undefined) return known;
  if (probe === null) {
    probe = el("span", { hidden: true });
    document.body.append(probe);
  }
  probe.style.color = `var(${property})`;
  const found = getComputedStyle(probe).color;
  colors.set(property, found);
  return found;
}

function changed(): void {
  colors = new Map();
  for (const redraw of listeners) redraw();
}

/** The switch between the themes. */
export function themeSwitch(): HTMLElement {
  const select = el("select", { change: () => choose(select.value) }, ...THEMES.map((theme) => el("option", { value: theme }, theme)));
  select.value = remembered();
  choose(select.value);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", changed);
  return el("label", { class: "theme" }, "Colours ", select);
}

function choose(theme: string): void {
  if (theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // A page without a place of its own forgets it.
  }
  changed();
}

function remembered(): string {
  try {
    const theme = localStorage.getItem(KEY);
    return THEMES.find((one) => one === theme) ?? "auto";
  } catch {
    return "auto";
  }
}
