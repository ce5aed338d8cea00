import * as report from "../report/generated/page.js";
import { SCRIPT, SCRIPT_HASH, STYLE, STYLE_HASH } from "./generated/page.js";

/** The page: its script makes all that it shows out of the events, and of what the script of a report has. */
export const PAGE_TEXT = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Training</title>
<link rel="icon" href="data:,">
<style>${report.STYLE}</style>
<style>${STYLE}</style>
</head>
<body>
<noscript>This page is written by its script.</noscript>
<script>${report.SCRIPT}</script>
<script>${SCRIPT}</script>
</body>
</html>
`;

const POLICY = {
  "default-src": "'none'",
  "script-src": `'${report.SCRIPT_HASH}' '${SCRIPT_HASH}'`,
  "style-src": `'${report.STYLE_HASH}' '${STYLE_HASH}'`,
  "img-src": "data:",
  "connect-src": "'self'",
  "base-uri": "'none'",
  "form-action": "'none'",
  "frame-ancestors": "'none'",
};

/** What a browser runs and loads in the page: its scripts and style sheets, told by their hashes. Whatever else got into it does nothing. */
export const PAGE_POLICY = Object.entries(POLICY)
  .map(([directive, sources]) => `${directive} ${sources}`)
  .join("; ");
