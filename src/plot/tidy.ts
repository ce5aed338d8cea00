import { crc32 } from "../io/crc32.js";

/**
 * An SVG of Vega without what a still picture does not need: roles and labels of each mark, which repeat all data as text, empty groups' frames,
 * hidden labels, and digits below a hundredth of a pixel. Those differ in the last bits between engines; without them a figure has the same
 * bytes everywhere. The picture's own title stands for all labels.
 */
export function tidy(svg: string, title: string): string {
  const lean = svg
    .replace(/<path class="(?:background|foreground)"[^>]*(?:display="none"|d="M0,0h0v0h0Z")[^>]*\/>/g, "")
    .replace(/<text[^>]* opacity="0"[^>]*>[^<]*<\/text>/g, "")
    .replace(/ (?:class|role|aria-[a-z]+|pointer-events)="[^"]*"/g, "")
    .replace(
      / (?:opacity="1"|stroke-width="1"|transform="translate\(0,0\)"|stroke="transparent"|xmlns:xlink="[^"]*"|version="1.1")/g,
      (found) => (found.startsWith(" xmlns:xlink") && svg.includes("xlink:href") ? found : ""),
    );
  return described(ownIds(rounded(dropEmpty(lean))), title);
}

/**
 * Names what is referred to, such as clips, by its order and the picture's content. Vega counts through all pictures of the process, and
 * two pictures of one page must not have the same names.
 */
export function ownIds(svg: string): string {
  const order = new Map<string, number>();
  for (const [, id] of svg.matchAll(/ id="([^"]+)"/g)) order.set(id, order.size);
  const named = (prefix: string): string =>
    svg.replace(/( id="|url\(#|href="#)([^")]+)/g, (_, before: string, id: string) => `${before}${prefix}${order.get(id) ?? id}`);
  if (order.size === 0) return svg;
  return named(`s${crc32(new TextEncoder().encode(named(""))).toString(36)}-`);
}

/** Drops groups without content, from the innermost out. */
function dropEmpty(svg: string): string {
  const next = svg.replace(/<g[^>]*><\/g>|<g[^>]*\/>/g, "");
  return next === svg ? svg : dropEmpty(next);
}

/** The SVG with its title, for those who do not see it. */
export function described(svg: string, title: string): string {
  return svg
    .replace(/^<svg /, `<svg role="img" aria-label="${escaped(title)}" `)
    .replace(/^(<svg[^>]*>)/, `$1<title>${escaped(title)}</title>`);
}

/** Numbers in attributes that are places, rounded to hundredths. Text, colours and pictures within the picture stay. */
function rounded(svg: string): string {
  return svg.replace(/ (?:d|transform|x|y|x1|x2|y1|y2|cx|cy|r|width|height|viewBox|points|offset)="[^"]*"/g, (attribute) =>
    attribute.replace(/-?\d*\.\d+(?:e-?\d+)?|-?\d+e-\d+/g, hundredths),
  );
}

function hundredths(text: string): string {
  const value = Math.round(Number(text) * 100) / 100;
  return String(value === 0 ? 0 : value);
}

export function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
