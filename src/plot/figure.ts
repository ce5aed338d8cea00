import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import { type Path, pathText } from "../io/node.js";
import { writeFile } from "../io/write.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { number } from "../options/kinds.js";
import { rasterize } from "./png.js";

const PNG = declare("Figure.png", {
  /** Pixels of the PNG for each of the figure's own, > 0. Default 2. */
  scale: number({ default: 2, above: 0, max: 16 }),
});

/** Options of `Figure.png` and `Figure.save`. */
export interface PngOptions extends OptionsOf<typeof PNG> {}

/**
 * A picture that has been drawn: SVG, and on request PNG.
 * @example
 * const figure = await lossCurves(await model.fit(train, { epochs: 2, verbose: 0 }));
 * await figure.save("loss.svg");
 * figure.svg.startsWith("<svg");   // true
 */
export class Figure {
  /** The picture, as a text that begins with <svg. */
  readonly svg: string;

  constructor(svg: string) {
    checkArity("Figure", arguments.length, 1);
    if (typeof svg !== "string" || !svg.startsWith("<svg")) {
      throw new ArgumentError(message("Figure", `the picture is ${kindText(svg)}; expected a string that begins with <svg`));
    }
    this.svg = svg;
  }

  /**
   * The picture as PNG, by the optional peers @resvg/resvg-wasm and dejavu-fonts-ttf, in Node, Deno and Bun. What moves is shown as it ends.
   * @param options.scale pixels for each of the figure's own, > 0; default 2
   * @throws PeerError if they are not installed, ArgumentError
   */
  async png(options?: PngOptions): Promise<Uint8Array> {
    checkArity("Figure.png", arguments.length, 1);
    return rasterize("Figure.png", this.svg, PNG.readOptions(options).scale);
  }

  /**
   * Writes the picture to a file, whose name ends in .svg or .png.
   * @param path its path, or a file: URL
   * @param options.scale of .png, as for `png`
   * @throws ArgumentError for another ending; FileError; PeerError for .png where its libraries are not installed
   */
  async save(path: Path, options?: PngOptions): Promise<void> {
    const op = "Figure.save";
    checkArity(op, arguments.length, 2);
    const { scale } = PNG.readOptions(options, op);
    const ending = /\.(svg|png)$/i.exec(pathText(op, path))?.[1].toLowerCase();
    if (ending === undefined)
      throw new ArgumentError(message(op, `the file is ${pathText(op, path)}; expected a name that ends in .svg or .png`));
    await writeFile(path, ending === "svg" ? new TextEncoder().encode(`${this.svg}\n`) : await rasterize(op, this.svg, scale), op);
  }

  /** Shows the picture in a notebook that asks for SVG. */
  toString(): string {
    return this.svg;
  }
}
