import { describe, expect, it } from 'vitest';
import { NO_HEADER } from '../../../src/consensus/chain-view.js';
import {
  BURIED_DEPLOYMENTS,
  buriedActive,
  computeBlockVersion,
  deploymentActiveAfter,
  deploymentActiveAt,
  deploymentEnabled,
  deploymentInfo,
  deploymentName,
  unknownRules,
  VERSION_BITS_DEPLOYMENTS,
  VersionBitsCache,
} from '../../../src/consensus/deployments.js';
import { chainParams } from '../../../src/consensus/networks.js';
import { NEVER_BURIED } from '../../../src/consensus/params.js';
import { TestHeaders } from '../../support/header-chain.js';

const TOP = 0x20000000;
const TESTDUMMY = 1 << 28;
const regtest = chainParams('regtest').consensus;

/** Headers of a regtest chain whose version is that of {@link computeBlockVersion}, or as given. */
function regtestChain(blocks: number, version?: (height: number) => number) {
  const view = new TestHeaders();
  const cache = new VersionBitsCache();
  let tip = NO_HEADER;
  for (let height = 0; height < blocks; height++) {
    const computed = computeBlockVersion(tip, view, regtest, cache);
    tip = view.add(tip, { version: version?.(height) ?? computed, time: 1296688602 + height });
  }
  return { view, cache, tip };
}

describe('buried deployments', () => {
  it('hold from their height on', () => {
    const main = chainParams('main').consensus;
    expect(buriedActive('segwit', 481823, main)).toBe(false);
    expect(buriedActive('segwit', 481824, main)).toBe(true);
  });

  it('are told by the block before, too', () => {
    const { view, cache, tip } = regtestChain(3);
    const params = chainParams('regtest', { activationHeights: { csv: 3 } }).consensus;
    expect(deploymentActiveAfter(tip, 'csv', view, params, cache)).toBe(true);
    expect(deploymentActiveAt(tip, 'csv', view, params, cache)).toBe(false);
    expect(deploymentActiveAfter(NO_HEADER, 'csv', view, params, cache)).toBe(false);
    expect(deploymentActiveAfter(NO_HEADER, 'segwit', view, regtest, cache)).toBe(true);
    expect(deploymentInfo(tip, 'csv', view, params, cache)).toEqual({
      type: 'buried',
      active: true,
      height: 3,
    });
  });

  it('are not listed when they never come', () => {
    const params = chainParams('regtest', { activationHeights: { csv: NEVER_BURIED } }).consensus;
    expect(deploymentEnabled('csv', params)).toBe(false);
    expect(deploymentEnabled('csv', regtest)).toBe(true);
    const { view, cache, tip } = regtestChain(1);
    expect(deploymentInfo(tip, 'csv', view, params, cache)).toBeUndefined();
  });

  it('are listed by the names that RPC uses', () => {
    const names = [...BURIED_DEPLOYMENTS, ...VERSION_BITS_DEPLOYMENTS].map(deploymentName);
    expect(names).toEqual(['bip34', 'bip66', 'bip65', 'csv', 'segwit', 'testdummy', 'taproot']);
  });
});

describe('the version of a new block', () => {
  it('signals testdummy on regtest from height 144 until it is active at 432', () => {
    const { view, tip } = regtestChain(500);
    const versions = [0, 143, 144, 287, 431, 432, 499].map(height =>
      view.version(view.ancestor(tip, height)),
    );
    expect(versions).toEqual([TOP, TOP, TOP | TESTDUMMY, TOP | TESTDUMMY, TOP | TESTDUMMY, TOP, TOP]);
  });

  it('signals nothing on mainnet, where taproot has long been decided', () => {
    const view = new TestHeaders();
    const tip = view.extend(NO_HEADER, 10, () => ({ time: 1700000000 }));
    const main = chainParams('main').consensus;
    const cache = new VersionBitsCache();
    // Too few blocks for taproot to have been decided in this chain: by time it has started.
    expect(computeBlockVersion(tip, view, main, cache)).toBe(TOP);
  });
});

describe('getdeploymentinfo', () => {
  it('tells where a deployment stands, and who signals', () => {
    const { view, cache, tip } = regtestChain(144 + 100, height => (height === 200 ? TOP : TOP | TESTDUMMY));
    const info = deploymentInfo(tip, 'testdummy', view, regtest, cache);
    expect(info).toMatchObject({
      type: 'bip9',
      active: false,
      height: undefined,
      status: 'started',
      statusNext: 'started',
      since: 144,
      statistics: { period: 144, threshold: 108, elapsed: 100, count: 99, possible: true },
    });
    const signalling = info?.type === 'bip9' ? info.statistics?.signalling : undefined;
    expect(signalling?.map((signals, i) => (signals ? -1 : i)).filter(i => i >= 0)).toEqual([56]);
  });

  it('tells since when it is active', () => {
    const { view, cache, tip } = regtestChain(450);
    expect(deploymentInfo(tip, 'testdummy', view, regtest, cache)).toMatchObject({
      active: true,
      height: 432,
      status: 'active',
      since: 432,
      statusNext: 'active',
      statistics: undefined,
    });
    expect(deploymentInfo(tip, 'taproot', view, regtest, cache)).toMatchObject({
      active: true,
      height: 0,
      since: 0,
      status: 'active',
    });
  });

  it('tells the state of the block and that of the next one apart', () => {
    const { view, cache, tip } = regtestChain(432);
    expect(deploymentInfo(tip, 'testdummy', view, regtest, cache)).toMatchObject({
      active: true,
      height: 432,
      status: 'locked_in',
      since: 288,
      statusNext: 'active',
    });
    expect(deploymentActiveAfter(tip, 'testdummy', view, regtest, cache)).toBe(true);
    expect(deploymentActiveAt(tip, 'testdummy', view, regtest, cache)).toBe(false);
  });

  it('does not list what is never active', () => {
    const { view, cache, tip } = regtestChain(2);
    const main = chainParams('main').consensus;
    expect(deploymentInfo(tip, 'testdummy', view, main, cache)).toBeUndefined();
  });
});

describe('unknown rules', () => {
  const UNKNOWN = TOP | (1 << 27);

  it('are seen when enough blocks signal a bit that nobody asked for', () => {
    const { view, cache, tip } = regtestChain(144 * 4, height => (height >= 144 ? UNKNOWN : TOP));
    const rulesAt = (height: number) => unknownRules(view.ancestor(tip, height - 1), view, regtest, cache);
    expect(rulesAt(144 * 2 - 1)).toEqual([]);
    expect(rulesAt(144 * 2)).toEqual([{ bit: 27, state: 'locked_in' }]);
    expect(rulesAt(144 * 3)).toEqual([{ bit: 27, state: 'active' }]);
    expect(rulesAt(144 * 4)).toEqual([{ bit: 27, state: 'active' }]);
  });

  it('are not what our own deployments asked for', () => {
    const { view, cache, tip } = regtestChain(144 * 4);
    expect(unknownRules(tip, view, regtest, cache)).toEqual([]);
  });

  it('are not signalled by versions that are just numbers, as before BIP9', () => {
    const { view, cache, tip } = regtestChain(144 * 4, () => 1 << 27);
    expect(unknownRules(tip, view, regtest, cache)).toEqual([]);
  });

  it('are not looked for in the past that is buried by now', () => {
    const { view, cache, tip } = regtestChain(144 * 4, () => UNKNOWN);
    expect(unknownRules(tip, view, { ...regtest, minBip9WarningHeight: 144 * 4 }, cache)).toEqual([]);
  });

  it('are forgotten with the cache', () => {
    const { view, cache, tip } = regtestChain(144 * 4, () => UNKNOWN);
    expect(unknownRules(tip, view, regtest, cache)).toHaveLength(1);
    cache.clear();
    expect(unknownRules(tip, view, { ...regtest, minBip9WarningHeight: 1e6 }, cache)).toEqual([]);
  });
});
