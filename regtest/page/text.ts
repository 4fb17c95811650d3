/** How the page writes numbers, hashes and times. Amounts are bitcoins unless told. */

const SATOSHIS = 1e8;

/** The first and last characters of a hash. */
export function shortHash(hash: string, head = 6, tail = 6): string {
  return hash.length <= head + tail + 1 ? hash : `${hash.slice(0, head)}…${hash.slice(-tail)}`;
}

/** The last characters of a block's hash: its first are zeros. */
export function blockLabel(hash: string): string {
  return hash.slice(-6);
}

export function bitcoins(amount: number): string {
  return `${amount.toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 8 })} BTC`;
}

export function satoshis(amount: number): string {
  return bitcoins(amount / SATOSHIS);
}

export function count(value: number): string {
  return value.toLocaleString('en');
}

export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** Date and time of Unix seconds in UTC, as nodes log it. */
export function utc(unixSeconds: number): string {
  return new Date(unixSeconds * 1000).toISOString().slice(0, 19).replace('T', ' ');
}

export function timeOfDay(unixSeconds: number): string {
  return new Date(unixSeconds * 1000).toISOString().slice(11, 19);
}

/** Milliseconds since the lab began as minutes, seconds and tenths. */
export function sinceStart(atMs: number): string {
  const minutes = Math.floor(atMs / 60_000);
  const seconds = (atMs % 60_000) / 1000;
  return `${minutes}:${seconds.toFixed(1).padStart(4, '0')}`;
}

/** A time that has passed, in its largest sensible unit. */
export function duration(seconds: number): string {
  const size = Math.abs(seconds);
  if (size < 120) return `${Math.round(seconds)} s`;
  if (size < 7200) return `${Math.round(seconds / 60)} min`;
  if (size < 172_800) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} d`;
}

/** A share between 0 and 1 in per cent. */
export function percent(share: number, digits = 2): string {
  return `${(100 * share).toFixed(digits)} %`;
}

export function bytes(size: number): string {
  if (size < 1000) return `${size} B`;
  return size < 1e6 ? `${(size / 1000).toFixed(1)} kB` : `${(size / 1e6).toFixed(1)} MB`;
}

export function feeRate(satoshisPerVbyte: number): string {
  return `${satoshisPerVbyte.toFixed(satoshisPerVbyte < 10 ? 2 : 1)} sat/vB`;
}
