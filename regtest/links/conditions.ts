/** What a link between two nodes does to the bytes that pass, in either direction. */
export interface LinkConditions {
  /** Time that bytes are under way, one way, in milliseconds. */
  readonly latencyMs: number;
  /** Up to so many milliseconds more, drawn anew for every piece; pieces never overtake each other. */
  readonly jitterMs: number;
  /** Kilobits per second and direction; 0 is no limit. */
  readonly bandwidthKbps: number;
  /** Share of packets that are lost, 0 to below 1. TCP sends them again, so loss shows as delay. */
  readonly loss: number;
  /** Nothing passes: connections break, and new ones are refused. */
  readonly down: boolean;
}

/** As good as a link on one machine is. */
export const PERFECT_LINK: LinkConditions = {
  latencyMs: 0,
  jitterMs: 0,
  bandwidthKbps: 0,
  loss: 0,
  down: false,
};

/** Longest latency and jitter: a minute. Nodes give each other up after two when they greet. */
export const MAX_DELAY_MS = 60_000;
/** With more nothing would get through in a reasonable time. */
export const MAX_LOSS = 0.9;
/** A terabit per second: beyond it a limit is none. */
export const MAX_BANDWIDTH_KBPS = 1e9;

/** @throws RangeError that names the condition that makes no sense */
export function checkedConditions(conditions: LinkConditions): LinkConditions {
  const { latencyMs, jitterMs, bandwidthKbps, loss } = conditions;
  within('latencyMs', latencyMs, MAX_DELAY_MS);
  within('jitterMs', jitterMs, MAX_DELAY_MS);
  within('bandwidthKbps', bandwidthKbps, MAX_BANDWIDTH_KBPS);
  within('loss', loss, MAX_LOSS);
  return conditions;
}

function within(name: string, value: number, max: number): void {
  if (value >= 0 && value <= max) return;
  throw new RangeError(`${name} must be a number from 0 to ${max}, not ${value}`);
}
