/**
 * The bytes of a text that scripts/text.mjs has written: in 512 hexadecimal digits all bytes, the most frequent ones first; then a
 * character for each of the first 88 of them, two for each of the others.
 */
export function bytesOf(text: string): Uint8Array {
  // Characters by their numbers: printable ASCII without quotes, backslash and dollar.
  const numbers = new Uint8Array(128);
  let characters = 0;
  for (let code = 0x20; code < 0x7f; code++) if (!/["'`\\$]/.test(String.fromCharCode(code))) numbers[code] = characters++;
  const single = characters - 2;
  const order = Uint8Array.from({ length: 256 }, (_, i) => Number.parseInt(text.slice(2 * i, 2 * i + 2), 16));
  const bytes = new Uint8Array(text.length - 512);
  let end = 0;
  for (let i = 512; i < text.length; i++) {
    const number = numbers[text.charCodeAt(i)];
    if (number < single) bytes[end++] = order[number];
    else bytes[end++] = order[(number - single + 1) * single + numbers[text.charCodeAt(++i)]];
  }
  return bytes.subarray(0, end);
}
