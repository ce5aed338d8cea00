/** A decoded image: rows of pixels from above, the channels of a pixel side by side, a byte each. */
export interface Raster {
  readonly width: number;
  readonly height: number;
  /** 1: grey, 2: grey and alpha, 3: RGB, 4: RGB and alpha. */
  readonly channels: number;
  readonly bytes: Uint8Array;
}

/** The same image as planes [channels, height, width]. */
export interface Planes {
  readonly channels: 1 | 3;
  readonly height: number;
  readonly width: number;
  readonly bytes: Uint8Array;
}

/**
 * An image as one plane of grey or three of red, green and blue. Alpha is dropped, as Pillow and torchvision do. Grey is the luma of ITU-R
 * BT.601, 0.299 R + 0.587 G + 0.114 B, in Pillow's whole numbers.
 */
export function planesOf({ width, height, channels, bytes }: Raster, wanted: 1 | 3): Planes {
  const size = width * height;
  const planes = new Uint8Array(wanted * size);
  const isColour = channels > 2;
  for (let i = 0, at = 0; i < size; i++, at += channels) {
    const [red, green, blue] = [bytes[at], bytes[isColour ? at + 1 : at], bytes[isColour ? at + 2 : at]];
    if (wanted === 1) planes[i] = isColour ? (red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16 : red;
    else {
      planes[i] = red;
      planes[size + i] = green;
      planes[2 * size + i] = blue;
    }
  }
  return { channels: wanted, height, width, bytes: planes };
}
