/** Widths of the characters from space to ~ in hundredths of the font size, in DejaVu Sans. */
const WIDTHS = [
  32, 40, 46, 84, 64, 95, 78, 27, 39, 39, 50, 84, 32, 36, 32, 34, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 34, 34, 84, 84, 84, 53, 100, 68,
  69, 70, 77, 63, 58, 77, 75, 29, 29, 66, 56, 86, 75, 79, 60, 79, 69, 63, 61, 73, 68, 99, 69, 61, 69, 39, 34, 39, 84, 50, 50, 61, 63, 55,
  63, 62, 35, 63, 63, 28, 28, 58, 28, 97, 63, 61, 63, 63, 41, 52, 39, 63, 59, 82, 59, 59, 52, 64, 34, 64, 84,
];
/** Of all others, which are Greek letters and signs of arithmetic. */
const OTHER = 64;
/** How much wider bold text is. */
const BOLD = 1.1;

/**
 * The width of a text in pixels, as DejaVu Sans has it. It is computed and not measured, so that the layout of a figure is the same on every
 * machine.
 */
export function textWidth(text: string, size: number, bold = false): number {
  let hundredths = 0;
  for (const character of text) hundredths += WIDTHS[(character.codePointAt(0) as number) - 32] ?? OTHER;
  return (hundredths / 100) * size * (bold ? BOLD : 1);
}
