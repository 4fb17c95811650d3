/** A part of the world with its share of the nodes and what lines there carry, in megabits a second. */
export interface Region {
  readonly name: string;
  readonly share: number;
  readonly upload: number;
  readonly download: number;
}

/**
 * Where Bitcoin's nodes are and how fast they are connected: orders of magnitude, rounded from what the SimBlock project
 * (Aoki et al., "SimBlock: A Blockchain Network Simulator", 2019) gathered for that year.
 */
export const REGIONS: readonly Region[] = [
  { name: 'North America', share: 0.33, upload: 19, download: 52 },
  { name: 'Europe', share: 0.5, upload: 21, download: 40 },
  { name: 'South America', share: 0.01, upload: 6, download: 18 },
  { name: 'Asia', share: 0.12, upload: 16, download: 23 },
  { name: 'Japan', share: 0.02, upload: 10, download: 23 },
  { name: 'Oceania', share: 0.02, upload: 11, download: 30 },
];

/** Time of a message from region to region in milliseconds, in the order of {@link REGIONS}; same source. */
export const REGION_LATENCIES: readonly (readonly number[])[] = [
  [30, 125, 185, 200, 150, 190],
  [125, 10, 225, 240, 250, 295],
  [185, 225, 90, 325, 300, 320],
  [200, 240, 325, 85, 60, 200],
  [150, 250, 300, 60, 10, 125],
  [190, 295, 320, 200, 125, 15],
];

/** Links between the same regions differ by up to this part of their latency, each always in the same way. */
export const LINK_SPREAD = 0.2;
