import { loadDagre } from "../peers.js";
import type { Place } from "./path.js";

/** A node to be placed. */
export interface Box {
  readonly width: number;
  readonly height: number;
  /** Whether it is drawn as a circle, so that edges end at that. */
  readonly round?: boolean;
}

/** An edge between boxes, by their numbers. */
export interface Link {
  readonly from: number;
  readonly to: number;
  /** Room for words in its middle. */
  readonly label?: { readonly width: number; readonly height: number };
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  /** The middles of the boxes. */
  readonly places: readonly Place[];
  /** The corners of each edge, from box to box, and the middle of its words. */
  readonly links: readonly { readonly points: readonly Place[]; readonly label: Place }[];
}

/** How a graph is laid out. */
export interface LayoutSettings {
  /** Where edges go: to the right, or down. */
  readonly direction: "right" | "down";
  /** Pixels between neighbours in a layer, and between layers. */
  readonly beside: number;
  readonly between: number;
}

/**
 * Lays a graph without cycles out in layers, so that edges go one way and cross seldom, by the optional peer @dagrejs/dagre (Gansner et al., A
 * Technique for Drawing Directed Graphs, IEEE TSE 1993). The same graph has the same layout.
 * @throws PeerError if dagre is not installed
 */
export async function layers(op: string, boxes: readonly Box[], links: readonly Link[], settings: LayoutSettings): Promise<Layout> {
  const { Graph, layout } = await loadDagre(op);
  const graph = new Graph({ multigraph: true });
  const { direction, beside, between } = settings;
  graph.setGraph({ rankdir: direction === "right" ? "LR" : "TB", nodesep: beside, ranksep: between, marginx: 0, marginy: 0 });
  for (const [i, { width, height }] of boxes.entries()) graph.setNode(String(i), { width, height });
  for (const [i, { from, to, label }] of links.entries())
    graph.setEdge(String(from), String(to), { width: label?.width ?? 0, height: label?.height ?? 0, labelpos: "c" }, String(i));
  layout(graph);
  const places = boxes.map((_, i): Place => {
    const { x, y } = graph.node(String(i)) as { x: number; y: number };
    return [x, y];
  });
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  return {
    width,
    height,
    places,
    links: links.map(({ from, to }, i) => {
      const edge = graph.edge(String(from), String(to), String(i)) as { points: { x: number; y: number }[]; x?: number; y?: number };
      const middle: Place = [edge.x ?? 0, edge.y ?? 0];
      const inner = edge.points
        .slice(1, -1)
        .flatMap(({ x, y }): Place[] =>
          links[i].label !== undefined && x === middle[0] && y === middle[1] ? flat(middle, links[i].label.width, direction) : [[x, y]],
        );
      const ends = [from, to].map((box, end): Place => {
        const point = edge.points[end === 0 ? 0 : edge.points.length - 1];
        if (!boxes[box].round) return [point.x, point.y];
        return rim(places[box], boxes[box].width / 2, inner[end === 0 ? 0 : inner.length - 1] ?? places[end === 0 ? to : from]);
      });
      return { points: [ends[0], ...inner, ends[1]], label: middle };
    }),
  };
}

/** The way through words: level where edges go to the right, so that the words stand above and below it. */
function flat([x, y]: Place, width: number, direction: LayoutSettings["direction"]): Place[] {
  return direction === "down" ? [[x, y]] : [[x - width / 2, y], [x + width / 2, y]]; // biome-ignore format: from left to right
}

/** Where the way from the middle of a circle to a place leaves the circle. */
function rim([x, y]: Place, radius: number, [toX, toY]: Place): Place {
  const [dx, dy] = [toX - x, toY - y];
  const length = Math.sqrt(dx * dx + dy * dy) || 1;
  return [x + (dx / length) * radius, y + (dy / length) * radius];
}
