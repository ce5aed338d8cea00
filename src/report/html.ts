import { SCRIPT, SCRIPT_HASH, STYLE, STYLE_HASH } from "./generated/page.js";
import type { Run } from "./run.js";
import { slim } from "./slim.js";

/** What a browser may do with the page: run its own script, show its own pictures, and ask for nothing. */
const POLICY = `default-src 'none'; script-src '${SCRIPT_HASH}'; style-src '${STYLE_HASH}'; img-src data:; base-uri 'none'; form-action 'none'`;

/** A page that shows a run, in one file which needs no other. */
export function htmlOf(title: string, run: Run): string {
  // Within a script element only this character could end it.
  const json = JSON.stringify(slim(run), rounded).replaceAll("<", "\\u003c");
  const when = run.started === null ? [] : [`${run.started.slice(0, 16).replace("T", " ")} UTC`];
  const about = [...(run.name === title ? [] : [run.name]), ...when].join(" · ");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${escaped(title)}</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the report</a>
<header><div><h1>${escaped(title)}</h1><p class="quiet">${escaped(about)}</p></div></header>
<main id="main"><noscript><p>This report is drawn by the script in it: allow JavaScript to read it.</p></noscript></main>
<footer>Made by simdgrad ${escaped(run.version)}. Nothing in this file is loaded from elsewhere.</footer>
<script type="application/json" id="run">${json}</script>
<script>${SCRIPT}</script>
</body>
</html>
`;
}

/** Digits that nobody sees are left out. */
function rounded(_: string, value: unknown): unknown {
  return typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(6)) : value;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
