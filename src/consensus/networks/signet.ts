import { sha256d } from '../../crypto/hash.js';
import { Writer } from '../../primitives/codec.js';
import { genesisBlock, SATOSHI_COINBASE } from '../genesis.js';
import type { ChainParamsOverrides, ChainTxData, NetworkParams } from '../params.js';
import {
  BURIED_AT_ONE,
  CHECK_ALL,
  exceptionMap,
  hashOf,
  MAINNET_THRESHOLD,
  NO_CHECKPOINTS,
  PUBLIC_TIMING,
  snapshot,
  TAPROOT_ALWAYS,
  TESTDUMMY_OFF,
  testAddresses,
} from './common.js';

/** 1-of-2 multisig of the keys that sign the public signet's blocks. */
const PUBLIC_CHALLENGE =
  '512103ad5e0edad18cb1f0fc0d28a3d4f1f3e445640337489abb10404f2d1e086be4' +
  '30210359ef5021964fe22d6f8e05b2463c9540ce96883fe3b278760f048f5189f2e6c452ae';

/** What is known of a signet's chain beforehand: of the public one much, of one's own nothing. */
interface KnownChain {
  readonly dnsSeeds: readonly string[];
  readonly minimumChainWork: bigint;
  readonly assumeValid: Uint8Array;
  readonly assumedBlockchainSize: number;
  readonly chainTxData: ChainTxData;
}

function publicSignet(): KnownChain {
  return {
    dnsSeeds: [
      'seed.signet.bitcoin.sprovoost.nl.',
      'seed.signet.achownodes.xyz.',
      '178.128.221.177',
      'v7ajjeirttkbnt32wpy3c6w3emwnfr3fkla7hpxcfokr3ysd3kqtzmqd.onion:38333',
    ],
    minimumChainWork: 0x25dbd66e58fn,
    // Height 208800.
    assumeValid: hashOf('0000014aad1d58dddcb964dd749b073374c6306e716b22f573a2efe68d414539'),
    assumedBlockchainSize: 2,
    chainTxData: { time: 1723655233, txCount: 5_507_045, txRate: 0.06271073277261494 },
  };
}

const OWN_SIGNET: KnownChain = {
  dnsSeeds: [],
  minimumChainWork: 0n,
  assumeValid: CHECK_ALL,
  assumedBlockchainSize: 0,
  chainTxData: { time: 0, txCount: 0, txRate: 0 },
};

/** First four bytes of the double SHA-256 of the challenge with its length (BIP325). */
function signetMagic(challenge: Uint8Array): Uint8Array {
  return sha256d(new Writer().varBytes(challenge).finish()).subarray(0, 4);
}

/** A network whose blocks are signed (BIP325): the public one, or with a challenge of one's own a private one. */
export function signetParams(overrides: ChainParamsOverrides): NetworkParams {
  const known = overrides.signetChallenge === undefined ? publicSignet() : OWN_SIGNET;
  const challenge = overrides.signetChallenge ?? Buffer.from(PUBLIC_CHALLENGE, 'hex');
  const genesis = genesisBlock({
    ...SATOSHI_COINBASE,
    time: 1598918400,
    nonce: 52613770,
    bits: 0x1e0377ae,
    hash: '00000008819873e925422c1ff0f99f7cc9bbb232af63a077a480a3633bee1ef6',
  });
  return {
    name: 'signet',
    consensus: {
      ...PUBLIC_TIMING,
      genesisHash: genesis.hash,
      buriedHeights: BURIED_AT_ONE,
      bip34Hash: undefined,
      deployments: { testdummy: TESTDUMMY_OFF, taproot: TAPROOT_ALWAYS },
      ruleChangeActivationThreshold: MAINNET_THRESHOLD,
      minBip9WarningHeight: 0,
      powLimit: 0x377aen << 216n,
      powAllowMinDifficultyBlocks: false,
      enforceBip94: false,
      scriptFlagExceptions: exceptionMap({}),
      minimumChainWork: known.minimumChainWork,
      assumeValid: known.assumeValid,
      signetChallenge: challenge,
    },
    genesis,
    magic: signetMagic(challenge),
    defaultPort: 38333,
    defaultRpcPort: 38332,
    dataDir: 'signet',
    address: testAddresses('tb'),
    dnsSeeds: overrides.signetSeeds ?? known.dnsSeeds,
    checkpoints: NO_CHECKPOINTS,
    isTestChain: true,
    isMockable: false,
    requireStandard: true,
    defaultConsistencyChecks: false,
    pruneAfterHeight: 1000,
    assumedBlockchainSize: known.assumedBlockchainSize,
    assumedChainStateSize: 0,
    chainTxData: known.chainTxData,
    snapshots: [
      snapshot(
        160_000,
        2_289_496,
        '0000003ca3c99aff040f2563c2ad8f8ec88bd0fd6b8f0895cfaf1ef90353a62c',
        'fe0a44309b74d6b5883d246cb419c6221bcccf0b308c9b59b7d70783dbdf928a',
      ),
    ],
  };
}
