/**
 * Takes the token out of the address, where `#token=…` has it: a fragment is never sent. It is gone from the address
 * afterwards, so that it is not shared, and not in the browser's history.
 */
export function takeToken(location: Location, history: History): string | undefined {
  const fields = new URLSearchParams(location.hash.replace(/^#\/?/, ''));
  const token = fields.get('token') ?? undefined;
  if (token !== undefined) history.replaceState(null, '', `${location.pathname}#/chain`);
  return token;
}
