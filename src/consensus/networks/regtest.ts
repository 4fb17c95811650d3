import { encodeCompact } from '../../primitives/target.js';
import { genesisBlock, SATOSHI_COINBASE } from '../genesis.js';
import type { Bip9Params, ChainParamsOverrides, LabRetarget, NetworkParams } from '../params.js';
import {
  BURIED_AT_ONE,
  CHECK_ALL,
  checkpointMap,
  exceptionMap,
  snapshot,
  TAPROOT_ALWAYS,
  TESTDUMMY_ON,
  testAddresses,
} from './common.js';

const GENESIS_HASH = '0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206';

const POW_LIMIT = (1n << 255n) - 1n;

const FIXED_DIFFICULTY = {
  powTargetSpacing: 10 * 60,
  powTargetTimespan: 24 * 60 * 60,
  powAllowMinDifficultyBlocks: true,
  powNoRetargeting: true,
  enforceBip94: true,
};

/** As on mainnet: late blocks are as hard as others, and the target of a period's last block is what is adjusted. */
function adjustedDifficulty({ blocks, spacing, difficulty }: LabRetarget) {
  return {
    powTargetSpacing: spacing,
    powTargetTimespan: spacing * blocks,
    powAllowMinDifficultyBlocks: false,
    powNoRetargeting: false,
    enforceBip94: false,
    labFirstBits: encodeCompact(POW_LIMIT / BigInt(difficulty)),
  };
}

/**
 * A private network where every second hash is a block. All soft forks are in force from the start, and the difficulty
 * never changes, although by its numbers it would every 144 blocks: BIP94's rule on times applies to those.
 */
export function regtestParams(overrides: ChainParamsOverrides): NetworkParams {
  const genesis = genesisBlock({
    ...SATOSHI_COINBASE,
    time: 1296688602,
    nonce: 2,
    bits: 0x207fffff,
    hash: GENESIS_HASH,
  });
  return {
    name: 'regtest',
    consensus: {
      genesisHash: genesis.hash,
      subsidyHalvingInterval: 150,
      buriedHeights: { ...BURIED_AT_ONE, segwit: 0, ...overrides.activationHeights },
      bip34Hash: undefined,
      deployments: {
        testdummy: merged(TESTDUMMY_ON, overrides.deployments?.testdummy),
        taproot: merged(TAPROOT_ALWAYS, overrides.deployments?.taproot),
      },
      minerConfirmationWindow: 144,
      ruleChangeActivationThreshold: 108,
      minBip9WarningHeight: 0,
      powLimit: POW_LIMIT,
      ...(overrides.retarget === undefined ? FIXED_DIFFICULTY : adjustedDifficulty(overrides.retarget)),
      scriptFlagExceptions: exceptionMap({}),
      minimumChainWork: 0n,
      assumeValid: CHECK_ALL,
      signetChallenge: undefined,
    },
    genesis,
    magic: Uint8Array.of(0xfa, 0xbf, 0xb5, 0xda),
    defaultPort: 18444,
    defaultRpcPort: 18443,
    dataDir: 'regtest',
    address: testAddresses('bcrt'),
    dnsSeeds: ['dummySeed.invalid.'],
    checkpoints: checkpointMap({ 0: GENESIS_HASH }),
    isTestChain: true,
    isMockable: true,
    requireStandard: true,
    defaultConsistencyChecks: true,
    pruneAfterHeight: overrides.fastPrune === true ? 100 : 1000,
    assumedBlockchainSize: 0,
    assumedChainStateSize: 0,
    chainTxData: { time: 0, txCount: 0, txRate: 0 },
    // Of the chains that Core's own tests build: unit tests, fuzzing, feature_assumeutxo.py.
    snapshots: [
      snapshot(
        110,
        111,
        '696e92821f65549c7ee134edceeeeaaa4105647a3c4fd9f298c0aec0ab50425c',
        '6657b736d4fe4db0cbc796789e812d5dba7f5c143764b1b6905612f1830609d1',
      ),
      snapshot(
        200,
        201,
        '5e93653318f294fb5aa339d00bbf8cf1c3515488ad99412c37608b139ea63b27',
        '4f34d431c3e482f6b0d67b64609ece3964dc8d7976d02ac68dd7c9c1421738f2',
      ),
      snapshot(
        299,
        334,
        '3bb7ce5eba0be48939b7a521ac1ba9316afee2c7bada3a0cca24188e6d7d96c0',
        'a4bf3407ccb2cc0145c49ebba8fa91199f8a3903daf0883875941497d2493c27',
      ),
    ],
  };
}

function merged(base: Bip9Params, changes: Partial<Bip9Params> | undefined): Bip9Params {
  return { ...base, ...changes };
}
