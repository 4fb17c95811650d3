import { describe, expect, it } from 'vitest';
import { labRetarget, maxReorgDepth } from '../../../../src/node/config/lab.js';
import { networkParams } from '../../../../src/node/config/network.js';
import { settingsOf } from '../../../support/node-settings.js';

describe('options of the lab', () => {
  const params = (network: string, ...args: readonly string[]) =>
    networkParams(settingsOf([`-chain=${network}`, ...args]));

  it('are off unless given', () => {
    expect(maxReorgDepth(settingsOf())).toBeUndefined();
    expect(labRetarget(settingsOf())).toBeUndefined();
    expect(params('regtest').consensus.labFirstBits).toBeUndefined();
    expect(params('regtest').consensus.powNoRetargeting).toBe(true);
  });

  it('change the rules of regtest', () => {
    expect(maxReorgDepth(settingsOf(['-labmaxreorg=0']))).toBe(0);
    expect(params('regtest', '-labretarget=32:600:64').consensus).toMatchObject({
      powTargetSpacing: 600,
      powTargetTimespan: 32 * 600,
      powNoRetargeting: false,
      powAllowMinDifficultyBlocks: false,
      // A sixty-fourth of the easiest target.
      labFirstBits: 0x2001ffff,
    });
  });

  it.each(['main', 'test', 'testnet4', 'signet'])('are refused on %s', network => {
    expect(() => params(network, '-labmaxreorg=5')).toThrow('-labmaxreorg is for regtest only.');
    expect(() => params(network, '-labretarget=32:600:64')).toThrow('-labretarget is for regtest only.');
  });

  it.each(['', '-1', 'x', '1.5', '1000001'])('a reorg limit is no "%s"', text => {
    expect(() => maxReorgDepth(settingsOf([`-labmaxreorg=${text}`]))).toThrow(
      `Invalid value (${text}) for -labmaxreorg=<blocks>.`,
    );
  });

  it.each(['', '32', '32:600', '3:600:64', '32:0:64', '32:600:0', '32:600:64:1', '32:86401:64', 'a:b:c'])(
    'an adjustment is no "%s"',
    text => {
      expect(() => labRetarget(settingsOf([`-labretarget=${text}`]))).toThrow('Invalid value');
    },
  );
});
