import { type Rules, TRUNK_HEIGHT } from './lab.js';

/** Soft forks whose height can be chosen. */
export type Fork = 'bip34' | 'dersig' | 'cltv' | 'csv' | 'segwit';

/** Forks one after the other, a few blocks above the trunk. */
export const LATE_HEIGHTS: Readonly<Record<Fork, number>> = {
  bip34: TRUNK_HEIGHT + 5,
  dersig: TRUNK_HEIGHT + 8,
  cltv: TRUNK_HEIGHT + 11,
  csv: TRUNK_HEIGHT + 14,
  segwit: TRUNK_HEIGHT + 17,
};

/** Regtest with forks that come late, and with a taproot deployment that never starts, which changes nothing. */
export const LATE_RULES: Rules = {
  name: 'late forks',
  args: [
    ...Object.entries(LATE_HEIGHTS).map(([fork, height]) => `-testactivationheight=${fork}@${height}`),
    '-vbparams=taproot:-2:0',
  ],
};
