const KEY = "simdgrad-token";

/**
 * The token, from the address, where it does not stay: neither the address bar nor the history shows it. It is kept for this tab, where the page
 * is loaded again; no other server of this machine is sent it, as it would be a cookie. Null: there is none.
 */
export function takeToken(): string | null {
  const given = new URLSearchParams(location.search).get("token");
  if (given === null) return sessionStorage.getItem(KEY);
  sessionStorage.setItem(KEY, given);
  history.replaceState(null, "", location.pathname);
  return given;
}
