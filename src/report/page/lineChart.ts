import uPlot from "uplot";
import { Numbers } from "./dataTable.js";
import { type Child, el, fill, freshId } from "./dom.js";
import { numberText } from "./format.js";
import { color, onThemeChange } from "./theme.js";

/** A line of a chart, with a value for every x. */
export interface Line {
  readonly name: string;
  /** Null leaves a gap; undefined goes on to the next point. */
  readonly values: readonly (number | null | undefined)[];
  /** A custom property, such as "--c1". */
  readonly color: string;
  readonly dashed?: boolean;
  /** Behind the others, and without a place in the legend. */
  readonly faint?: boolean;
  /** The edge of a band, which the next line closes; neither is drawn. */
  readonly edge?: boolean;
}

export interface Lines {
  readonly x: readonly number[];
  readonly lines: readonly Line[];
}

export interface ChartOptions {
  readonly title: string;
  /** What stands along the axes. */
  readonly x: string;
  readonly y: string;
  /** Beside the title. */
  readonly tools?: readonly Child[];
  /** What is to be seen, below the title. */
  readonly about?: string;
  readonly height?: number;
  /** From where to where y goes at least. */
  readonly yRange?: readonly [number, number];
}

const HEIGHT = 240;

/** A line chart: zoomed by dragging, read by the pointer and by keys, with its numbers in a table. */
export class LineChart {
  readonly element: HTMLElement;
  readonly #legend = el("div", { class: "legend" });
  readonly #plot: HTMLElement;
  readonly #live = el("output", { class: "hidden", "aria-live": "polite" });
  readonly #empty = el("p", { class: "quiet" }, "Nothing yet.");
  readonly #numbers: Numbers;
  readonly #off = new Set<string>();
  #values: HTMLElement[] = [];
  #chart: uPlot | null = null;
  #given: Lines = { x: [], lines: [] };
  #log = false;
  #zoomed = false;
  #shape = "";

  constructor(private readonly options: ChartOptions) {
    const id = freshId("chart");
    this.#plot = el("div", {
      class: "plot",
      tabindex: 0,
      role: "group",
      "aria-roledescription": "line chart",
      "aria-labelledby": id,
      keydown: (event: KeyboardEvent) => this.#key(event),
      blur: () => this.#leave(),
    });
    this.#numbers = new Numbers(options.title);
    const title = el("h3", { id }, options.title);
    const about = options.about === undefined ? null : el("p", { class: "quiet" }, options.about);
    const head = el("figcaption", {}, el("div", { class: "head" }, title, el("div", { class: "tools" }, ...(options.tools ?? []))), about);
    this.element = el("figure", { class: "chart" }, head, this.#legend, this.#plot, this.#empty, this.#live, this.#numbers.element);
    new ResizeObserver(() => this.#resize()).observe(this.#plot);
    onThemeChange(() => this.#chart?.redraw(true));
  }

  /** Whether the y axis is logarithmic. */
  set log(log: boolean) {
    this.#log = log;
    this.#shape = "";
    this.show(this.#given);
  }

  show(given: Lines): void {
    this.#given = given;
    const some = given.x.length > 0 && given.lines.length > 0;
    this.#plot.hidden = !some;
    this.#empty.hidden = some;
    this.#numbers.element.hidden = !some;
    if (!some) {
      this.#clear();
      return;
    }
    const shape = JSON.stringify(given.lines.map(({ values, ...line }) => line));
    if (shape !== this.#shape || this.#chart === null) {
      this.#shape = shape;
      this.#make();
    } else {
      this.#chart.setData(this.#data(), !this.#zoomed);
      if (this.#zoomed) this.#chart.redraw();
    }
    this.#say(null);
    this.#numbers.show(() => this.#table());
  }

  #clear(): void {
    this.#chart?.destroy();
    this.#chart = null;
    fill(this.#legend);
  }

  #data(): uPlot.AlignedData {
    const { x, lines } = this.#given;
    const positive = (value: number | null | undefined) => (typeof value === "number" && value <= 0 ? null : value);
    return [x, ...lines.map(({ values }) => (this.#log ? values.map(positive) : values))] as uPlot.AlignedData;
  }

  #make(): void {
    this.#chart?.destroy();
    this.#zoomed = false;
    const { lines } = this.#given;
    const { height = HEIGHT, yRange } = this.options;
    const ink = () => color("--quiet");
    const axis = {
      stroke: ink,
      grid: { stroke: () => color("--grid"), width: 1 },
      ticks: { stroke: () => color("--grid"), width: 1, size: 5 },
      font: "12px system-ui, sans-serif",
      labelFont: "12px system-ui, sans-serif",
    };
    const whole = (_: uPlot, splits: number[]) =>
      splits.map((split) =>
        Number.isInteger(split) ? numberText(split) : this.options.x === "step" || this.options.x === "epoch" ? "" : numberText(split),
      );
    this.#chart = new uPlot(
      {
        width: Math.max(200, this.#plot.clientWidth),
        height,
        legend: { show: false },
        cursor: { drag: { x: true, y: false, setScale: true }, points: { size: 7 } },
        scales: {
          x: { time: false, range: (_, min, max) => (min === max ? [min - 1, max + 1] : [min, max]) },
          y: this.#log ? { distr: 3 } : { range: (_, min, max) => rangeOf(min, max, yRange) },
        },
        axes: [
          { ...axis, label: this.options.x, labelSize: 18, size: 34, values: whole },
          {
            ...axis,
            label: this.options.y,
            labelSize: 20,
            size: 58,
            values: (_, splits) => splits.map((split) => (split === null ? "" : numberText(split, 3))),
          },
        ],
        series: [{}, ...lines.map((line) => this.#series(line))],
        bands: lines.flatMap(({ edge, color: of }, i) =>
          edge && lines[i + 1]?.edge && i % 2 === 0
            ? [{ series: [i + 2, i + 1] as [number, number], fill: () => faded(color(of), 0.2) }]
            : [],
        ),
        hooks: {
          setCursor: [(chart) => this.#say(chart.cursor.idx ?? null)],
          setSelect: [
            ({ select }) => {
              if (select.width > 0) this.#zoomed = true;
            },
          ],
        },
      },
      this.#data(),
      this.#plot,
    );
    this.#chart.over.addEventListener("dblclick", () => {
      this.#zoomed = false;
    });
    this.#chart.root.setAttribute("aria-hidden", "true");
    this.#writeLegend();
  }

  #series(line: Line): uPlot.Series {
    const { x } = this.#given;
    return {
      label: line.name,
      show: !this.#off.has(line.name),
      stroke: () => (line.edge ? "transparent" : line.faint ? faded(color(line.color), 0.4) : color(line.color)),
      width: line.edge ? 0 : line.faint ? 1 : 2,
      dash: line.dashed ? [6, 4] : undefined,
      spanGaps: false,
      points: {
        show: !line.edge && !line.faint && x.length <= 30,
        size: 6,
        fill: () => color(line.color),
        stroke: () => color(line.color),
      },
    };
  }

  #writeLegend(): void {
    const named = this.#given.lines.map((line, i) => ({ line, i })).filter(({ line }) => !line.edge && !line.faint);
    this.#values = named.map(() => el("span", { class: "value" }));
    fill(
      this.#legend,
      ...named.map(({ line, i }, k) => {
        const swatch = el("span", { class: line.dashed ? "swatch dashed" : "swatch" });
        swatch.style.setProperty("--of", `var(${line.color})`);
        const button = el(
          "button",
          { type: "button", "aria-pressed": String(!this.#off.has(line.name)), click: () => this.#toggle(line, i, button) },
          swatch,
          line.name,
          " ",
          this.#values[k],
        );
        return button;
      }),
    );
  }

  #toggle(line: Line, i: number, button: HTMLElement): void {
    const show = this.#off.has(line.name);
    if (show) this.#off.delete(line.name);
    else this.#off.add(line.name);
    button.setAttribute("aria-pressed", String(show));
    this.#chart?.setSeries(i + 1, { show });
  }

  /** Writes the values of a point to the legend, of the last one where there is no cursor. @returns them as a sentence */
  #say(at: number | null): string {
    const { x, lines } = this.#given;
    const named = lines.filter(({ edge, faint }) => !edge && !faint);
    const i = at ?? x.length - 1;
    const texts = named.map(({ values }) => {
      for (let k = i; k >= 0; k--) if (typeof values[k] === "number") return numberText(values[k]);
      return "–";
    });
    for (const [k, box] of this.#values.entries()) box.textContent = texts[k] ?? "";
    return `${this.options.x} ${numberText(x[i])}: ${named.map(({ name }, k) => `${name} ${texts[k]}`).join(", ")}`;
  }

  #key(event: KeyboardEvent): void {
    const chart = this.#chart;
    const { x } = this.#given;
    if (chart === null || event.target !== this.#plot) return;
    const at = chart.cursor.idx ?? (event.key === "ArrowLeft" ? x.length : -1);
    const pace = event.shiftKey ? Math.max(1, Math.round(x.length / 10)) : 1;
    const moves: Record<string, number> = { ArrowRight: at + pace, ArrowLeft: at - pace, Home: 0, End: x.length - 1 };
    if (event.key === "Escape") {
      this.#zoomed = false;
      chart.setData(this.#data(), true);
    } else if (event.key in moves) {
      const i = Math.min(x.length - 1, Math.max(0, moves[event.key]));
      chart.setCursor({ left: chart.valToPos(x[i], "x"), top: chart.over.clientHeight / 2 });
      this.#live.textContent = this.#say(i);
    } else return;
    event.preventDefault();
  }

  #leave(): void {
    this.#chart?.setCursor({ left: -10, top: -10 });
  }

  #resize(): void {
    const width = this.#plot.clientWidth;
    if (this.#chart !== null && width > 0 && width !== this.#chart.width)
      this.#chart.setSize({ width, height: this.options.height ?? HEIGHT });
  }

  #table() {
    const { x, lines } = this.#given;
    return {
      heads: [this.options.x, ...lines.map(({ name }) => name)],
      rows: x.map((at, i) => [numberText(at), ...lines.map(({ values }) => numberText(values[i]))]),
    };
  }
}

/** A little air above and below. */
function rangeOf(min: number | null, max: number | null, least?: readonly [number, number]): [number, number] {
  if (min === null || max === null) return [0, 1];
  const low = Math.min(min, least?.[0] ?? min);
  const high = Math.max(max, least?.[1] ?? max);
  const air = high === low ? Math.abs(high) * 0.1 || 1 : (high - low) * 0.05;
  return [least !== undefined && low >= least[0] ? low : low - air, least !== undefined && high <= least[1] ? high : high + air];
}

/** rgb(1, 2, 3) with a share of its opacity. */
function faded(rgb: string, opacity: number): string {
  const [r, g, b] = rgb.match(/[\d.]+/g) ?? ["0", "0", "0"];
  return `rgba(${r}, ${g}, ${b}, ${opacity})`;
}
