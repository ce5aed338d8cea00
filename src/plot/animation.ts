import { element } from "./svg.js";

/**
 * Groups of which one is seen at a time, in turn, again and again. Where nothing moves, as in a PNG, the last one is seen.
 * @param groups the frames, as texts
 * @param seconds that each frame is seen
 * @param rest seconds that the last one is seen longer
 */
export function frames(groups: readonly string[], seconds: number, rest: number): string {
  const total = groups.length * seconds + rest;
  return groups
    .map((group, i) => {
      const isLast = i === groups.length - 1;
      if (groups.length === 1) return element("g", {}, group);
      const [from, to] = [(i * seconds) / total, isLast ? 1 : ((i + 1) * seconds) / total];
      const changes = [
        { at: 0, value: i === 0 ? "visible" : "hidden" },
        ...(i === 0 ? [] : [{ at: from, value: "visible" }]),
        ...(isLast ? [] : [{ at: to, value: "hidden" }]),
      ];
      const animate = element("animate", {
        attributeName: "visibility",
        values: changes.map(({ value }) => value).join(";"),
        keyTimes: changes.map(({ at }) => String(Number(at.toFixed(5)))).join(";"),
        calcMode: "discrete",
        dur: `${Number(total.toFixed(3))}s`,
        repeatCount: "indefinite",
      });
      return element("g", { visibility: isLast ? "visible" : "hidden" }, animate, group);
    })
    .join("");
}
