import { NO_SCRIPT_FLAGS, ScriptFlag } from '../../script/flags.js';
import { genesisBlock, SATOSHI_COINBASE } from '../genesis.js';
import type { NetworkParams } from '../params.js';
import {
  checkpointMap,
  DIFFICULTY_ONE_LIMIT,
  exceptionMap,
  hashOf,
  MAINNET_THRESHOLD,
  PUBLIC_TIMING,
  snapshot,
  TAPROOT_BIT,
  TESTDUMMY_OFF,
} from './common.js';

/** The network whose coins have a price. */
export function mainParams(): NetworkParams {
  const genesis = genesisBlock({
    ...SATOSHI_COINBASE,
    time: 1231006505,
    nonce: 2083236893,
    bits: 0x1d00ffff,
    hash: '000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f',
  });
  return {
    name: 'main',
    consensus: {
      ...PUBLIC_TIMING,
      genesisHash: genesis.hash,
      buriedHeights: { bip34: 227931, cltv: 388381, dersig: 363725, csv: 419328, segwit: 481824 },
      bip34Hash: hashOf('000000000000024b89b42a942fe0d9fea3bb44ab7bd1b19115dd6a759c0808b8'),
      deployments: {
        testdummy: TESTDUMMY_OFF,
        // Signalling from 24 April to 11 August 2021, in force since November of that year.
        taproot: {
          bit: TAPROOT_BIT,
          startTime: 1619222400,
          timeout: 1628640000,
          minActivationHeight: 709632,
        },
      },
      ruleChangeActivationThreshold: MAINNET_THRESHOLD,
      // One window after segwit.
      minBip9WarningHeight: 483840,
      powLimit: DIFFICULTY_ONE_LIMIT,
      powAllowMinDifficultyBlocks: false,
      enforceBip94: false,
      scriptFlagExceptions: exceptionMap({
        // Broke BIP16 and taproot, respectively, when those were not yet in force.
        '00000000000002dc756eebf4f49723ed8d30cc28a5f108eb94b1ba88ac4f9c22': NO_SCRIPT_FLAGS,
        '0000000000000000000f14c35b2d841e986ab5441de8c585d5ffe55ea1e395ad':
          ScriptFlag.P2SH | ScriptFlag.WITNESS,
      }),
      minimumChainWork: 0x88e186b70e0862c193ec44d6n,
      // Height 856760.
      assumeValid: hashOf('000000000000000000011c5890365bdbe5d25b97ce0057589acaef4f1a57263f'),
      signetChallenge: undefined,
    },
    genesis,
    magic: Uint8Array.of(0xf9, 0xbe, 0xb4, 0xd9),
    defaultPort: 8333,
    defaultRpcPort: 8332,
    dataDir: '',
    address: {
      pubKeyHashPrefix: 0,
      scriptHashPrefix: 5,
      secretKeyPrefix: 128,
      extendedPublicPrefix: 0x0488b21e,
      extendedPrivatePrefix: 0x0488ade4,
      bech32Hrp: 'bc',
    },
    dnsSeeds: [
      'seed.bitcoin.sipa.be.',
      'dnsseed.bluematt.me.',
      'dnsseed.bitcoin.dashjr-list-of-p2p-nodes.us.',
      'seed.bitcoin.jonasschnelli.ch.',
      'seed.btc.petertodd.net.',
      'seed.bitcoin.sprovoost.nl.',
      'dnsseed.emzy.de.',
      'seed.bitcoin.wiz.biz.',
      'seed.mainnet.achownodes.xyz.',
    ],
    checkpoints: checkpointMap({
      11111: '0000000069e244f73d78e8fd29ba2fd2ed618bd6fa2ee92559f542fdb26e7c1d',
      33333: '000000002dd5588a74784eaa7ab0507a18ad16a236e7b1ce69f00d7ddfb5d0a6',
      74000: '0000000000573993a3c9e41ce34471c079dcf5f52a0e824a81e7f953b8661a20',
      105000: '00000000000291ce28027faea320c8d2b054b2e0fe44a773f3eefb151d6bdc97',
      134444: '00000000000005b12ffd4cd315cd34ffd4a594f430ac814c91184a0d42d2b0fe',
      168000: '000000000000099e61ea72015e79632f216fe6cb33d7899acb35b75c8303b763',
      193000: '000000000000059f452a5f7340de6682a977387c17010ff6e6c3bd83ca8b1317',
      210000: '000000000000048b95347e83192f69cf0366076336c639f9b7228e9ba171342e',
      216116: '00000000000001b4f4b433e81ee46494af945cf96014816a4e2370f11b23df4e',
      225430: '00000000000001c108384350f74090433e7fcf79a606b8e797f065b130575932',
      250000: '000000000000003887df1f29024b06fc2200b55f8af8f35453d7be294df2d214',
      279000: '0000000000000001ae8c72a0b0c301f67e3afca10e819efa9041e458e9bd7e40',
      295000: '00000000000000004d9b4ef50f0f9d686fd69db2e03af35a100370c64632a983',
    }),
    isTestChain: false,
    isMockable: false,
    requireStandard: true,
    defaultConsistencyChecks: false,
    pruneAfterHeight: 100_000,
    assumedBlockchainSize: 620,
    assumedChainStateSize: 14,
    chainTxData: { time: 1723649144, txCount: 1_059_312_821, txRate: 6.721086701157182 },
    snapshots: [
      snapshot(
        840_000,
        991_032_194,
        '0000000000000000000320283a032748cef8227873ff4872689bf23f1cda83a5',
        'a2a5521b1b5ab65f67818e5e8eccabb7171a517f9e2382208f77687310768f96',
      ),
    ],
  };
}
