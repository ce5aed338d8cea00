export function byFrequency(...data: Uint8Array[]): Uint8Array;
export function textOf(data: Uint8Array, order: Uint8Array): string;
