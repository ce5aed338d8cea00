const BYTES = 32;

/** A secret that nobody guesses: 256 random bits, in letters that URLs and headers take as they are. */
export function makeSecret(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(BYTES));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}

/** Whether what was given is the secret. The time that it takes tells nothing of how many letters were right. */
export function isSecret(given: string | null | undefined, secret: string): boolean {
  if (given?.length !== secret.length) return false;
  let differing = 0;
  for (let i = 0; i < secret.length; i++) differing |= given.charCodeAt(i) ^ secret.charCodeAt(i);
  return differing === 0;
}
