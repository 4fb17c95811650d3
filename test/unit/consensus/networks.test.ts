import { describe, expect, it } from 'vitest';
import { chainParams, NETWORK_NAMES, networkForMagic } from '../../../src/consensus/networks.js';
import { ALWAYS_ACTIVE, NEVER_ACTIVE } from '../../../src/consensus/params.js';
import { difficultyAdjustmentInterval, validTarget } from '../../../src/consensus/pow.js';
import { fromHex, hashToHex, toHex, ZERO_HASH } from '../../../src/primitives/bytes.js';
import { encodeCompact, formatUint256 } from '../../../src/primitives/target.js';
import { hasShared, readSharedJson } from '../../support/shared.js';

/** Facts of a network as Core's bitcoin-util would print them. */
interface Facts {
  readonly chain: string;
  readonly test_chain: boolean;
  readonly genesis: string;
  readonly subsidy_halving_interval: number;
  readonly signet?: { readonly challenge: string };
  readonly pow: {
    readonly limit: string;
    readonly target_spacing?: number;
    readonly difficulty_retarget_interval?: number;
    readonly mindiff_blocks?: string;
  };
  readonly net: { readonly default_port: number; readonly magic: string };
  readonly addresses: { readonly bech32_hrp: string };
}

const OWN_CHALLENGE = '512102f7561d208dd9ae99bf497273e16f389bdbd6c4742ddb8e6b216e64fa2928ad8f51ae';

describe('network parameters', () => {
  it.each([
    ['main', 'f9beb4d9', 8333, 8332, ''],
    ['test', '0b110907', 18333, 18332, 'testnet3'],
    ['testnet4', '1c163f28', 48333, 48332, 'testnet4'],
    ['signet', '0a03cf40', 38333, 38332, 'signet'],
    ['regtest', 'fabfb5da', 18444, 18443, 'regtest'],
  ] as const)('%s has magic %s, port %i, RPC port %i, directory "%s"', (name, magic, port, rpcPort, dir) => {
    const params = chainParams(name);
    expect(toHex(params.magic)).toBe(magic);
    expect([params.defaultPort, params.defaultRpcPort, params.dataDir]).toEqual([port, rpcPort, dir]);
    expect(networkForMagic(params.magic)).toBe(name);
  });

  it.each(NETWORK_NAMES)('%s: genesis is allowed by its own rules, and retargeting cannot overflow', name => {
    const { consensus, genesis } = chainParams(name);
    expect(hashToHex(genesis.hash)).toBe(hashToHex(consensus.genesisHash));
    expect(validTarget(genesis.header.bits, consensus)).toBeDefined();
    expect(Number.isInteger(difficultyAdjustmentInterval(consensus))).toBe(true);
    if (consensus.powNoRetargeting) {
      expect(genesis.header.bits).toBe(encodeCompact(consensus.powLimit));
    } else {
      expect(consensus.powLimit * BigInt(consensus.powTargetTimespan) * 4n).toBeLessThan(1n << 256n);
    }
  });

  it('an unknown magic is of no network', () => {
    expect(networkForMagic(new Uint8Array(4))).toBeUndefined();
  });

  it('regtest enforces BIP94, never retargets, and has a window of 144 blocks', () => {
    const { consensus } = chainParams('regtest');
    expect(consensus.enforceBip94).toBe(true);
    expect(consensus.powNoRetargeting).toBe(true);
    expect(difficultyAdjustmentInterval(consensus)).toBe(144);
    expect([consensus.minerConfirmationWindow, consensus.ruleChangeActivationThreshold]).toEqual([144, 108]);
    expect(consensus.buriedHeights).toEqual({ bip34: 1, cltv: 1, dersig: 1, csv: 1, segwit: 0 });
    expect(consensus.deployments.taproot.startTime).toBe(ALWAYS_ACTIVE);
    expect(consensus.deployments.testdummy.startTime).toBe(0);
  });

  it('regtest takes other activation heights and version-bits times', () => {
    const { consensus, pruneAfterHeight } = chainParams('regtest', {
      activationHeights: { segwit: 300, dersig: 102 },
      deployments: { testdummy: { startTime: 5, timeout: 10, minActivationHeight: 7 } },
      fastPrune: true,
    });
    expect(consensus.buriedHeights).toEqual({ bip34: 1, cltv: 1, dersig: 102, csv: 1, segwit: 300 });
    expect(consensus.deployments.testdummy).toEqual({
      bit: 28,
      startTime: 5,
      timeout: 10,
      minActivationHeight: 7,
    });
    expect(pruneAfterHeight).toBe(100);
  });

  it('mainnet takes neither', () => {
    const { consensus } = chainParams('main', {
      activationHeights: { segwit: 1 },
      deployments: { testdummy: { startTime: 0 } },
      signetChallenge: Uint8Array.of(0x51),
    });
    expect(consensus.buriedHeights.segwit).toBe(481824);
    expect(consensus.deployments.testdummy.startTime).toBe(NEVER_ACTIVE);
    expect(consensus.signetChallenge).toBeUndefined();
  });

  it('every network takes another least work and another block to assume valid', () => {
    const assumeValid = new Uint8Array(32).fill(7);
    for (const name of NETWORK_NAMES) {
      const { consensus } = chainParams(name, { minimumChainWork: 5n, assumeValid });
      expect(consensus.minimumChainWork).toBe(5n);
      expect(consensus.assumeValid).toBe(assumeValid);
    }
  });

  it("a signet of one's own has its own magic and knows nothing of the public one", () => {
    const params = chainParams('signet', { signetChallenge: fromHex(OWN_CHALLENGE) ?? ZERO_HASH });
    expect(toHex(params.magic)).toBe('a5df2dcb');
    expect(params.dnsSeeds).toEqual([]);
    expect(params.consensus.minimumChainWork).toBe(0n);
    expect(params.consensus.assumeValid).toEqual(ZERO_HASH);
    const seeded = chainParams('signet', { signetSeeds: ['seed.example:1234'] });
    expect(seeded.dnsSeeds).toEqual(['seed.example:1234']);
  });
});

describe.skipIf(!hasShared)('network parameters are those that Core prints', () => {
  it.each([
    ['mainnet', 'main'],
    ['testnet', 'test'],
    ['testnet4', 'testnet4'],
    ['signet', 'signet'],
    ['signet-custom', 'signet'],
    ['regtest', 'regtest'],
  ] as const)('getchainparams-%s.json', (file, name) => {
    const facts = readSharedJson<Facts>(`vectors/core/functional/util/getchainparams-${file}.json`);
    const challenge = file === 'signet-custom' ? fromHex(facts.signet?.challenge ?? '') : undefined;
    const params = chainParams(name, challenge === undefined ? {} : { signetChallenge: challenge });
    const { consensus } = params;
    expect(params.name).toBe(facts.chain);
    expect(params.isTestChain).toBe(facts.test_chain);
    expect(toHex(consensus.genesisHash)).toBe(facts.genesis);
    expect(consensus.subsidyHalvingInterval).toBe(facts.subsidy_halving_interval);
    expect(consensus.signetChallenge && toHex(consensus.signetChallenge)).toBe(facts.signet?.challenge);
    expect(formatUint256(consensus.powLimit)).toBe(facts.pow.limit);
    expect(params.defaultPort).toBe(facts.net.default_port);
    expect(toHex(params.magic)).toBe(facts.net.magic);
    expect(params.address.bech32Hrp).toBe(facts.addresses.bech32_hrp);
    // Nothing is said of retargeting where it is off.
    if (consensus.powNoRetargeting) return;
    expect(consensus.powTargetSpacing).toBe(facts.pow.target_spacing);
    expect(difficultyAdjustmentInterval(consensus)).toBe(facts.pow.difficulty_retarget_interval);
    expect(consensus.powAllowMinDifficultyBlocks).toBe(facts.pow.mindiff_blocks !== 'no');
    expect(consensus.enforceBip94).toBe(facts.pow.mindiff_blocks === 'bip94');
  });
});
