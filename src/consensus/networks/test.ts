import { NO_SCRIPT_FLAGS } from '../../script/flags.js';
import { genesisBlock, SATOSHI_COINBASE } from '../genesis.js';
import type { NetworkParams } from '../params.js';
import {
  checkpointMap,
  DIFFICULTY_ONE_LIMIT,
  exceptionMap,
  hashOf,
  PUBLIC_TIMING,
  snapshot,
  TAPROOT_BIT,
  TESTDUMMY_OFF,
  TESTNET_THRESHOLD,
  testAddresses,
} from './common.js';

/** The third public test network. */
export function testParams(): NetworkParams {
  const genesis = genesisBlock({
    ...SATOSHI_COINBASE,
    time: 1296688602,
    nonce: 414098458,
    bits: 0x1d00ffff,
    hash: '000000000933ea01ad0ee984209779baaec3ced90fa3f408719526f8d77f4943',
  });
  return {
    name: 'test',
    consensus: {
      ...PUBLIC_TIMING,
      genesisHash: genesis.hash,
      buriedHeights: { bip34: 21111, cltv: 581885, dersig: 330776, csv: 770112, segwit: 834624 },
      bip34Hash: hashOf('0000000023b3a96d3484e5abb3755c413e7d41500f8e2a5c3f0dd01299cd8ef8'),
      deployments: {
        testdummy: TESTDUMMY_OFF,
        taproot: { bit: TAPROOT_BIT, startTime: 1619222400, timeout: 1628640000, minActivationHeight: 0 },
      },
      ruleChangeActivationThreshold: TESTNET_THRESHOLD,
      minBip9WarningHeight: 836640,
      powLimit: DIFFICULTY_ONE_LIMIT,
      powAllowMinDifficultyBlocks: true,
      enforceBip94: false,
      scriptFlagExceptions: exceptionMap({
        '00000000dd30457c001f4095d208cc1296b0eed002427aa599874af7a432b105': NO_SCRIPT_FLAGS,
      }),
      minimumChainWork: 0xf209695166be8b61fa9n,
      // Height 2873500.
      assumeValid: hashOf('000000000000000465b1a66c9f386308e8c75acef9201f3f577811da09fc90ad'),
      signetChallenge: undefined,
    },
    genesis,
    magic: Uint8Array.of(0x0b, 0x11, 0x09, 0x07),
    defaultPort: 18333,
    defaultRpcPort: 18332,
    dataDir: 'testnet3',
    address: testAddresses('tb'),
    dnsSeeds: [
      'testnet-seed.bitcoin.jonasschnelli.ch.',
      'seed.tbtc.petertodd.net.',
      'seed.testnet.bitcoin.sprovoost.nl.',
      'testnet-seed.bluematt.me.',
      'seed.testnet.achownodes.xyz.',
    ],
    checkpoints: checkpointMap({
      546: '000000002a936ca763904c3c35fce2f3556c559c0214345d31b1bcebf76acb70',
    }),
    isTestChain: true,
    isMockable: false,
    requireStandard: true,
    defaultConsistencyChecks: false,
    pruneAfterHeight: 1000,
    assumedBlockchainSize: 93,
    assumedChainStateSize: 19,
    chainTxData: { time: 1723613341, txCount: 187_917_082, txRate: 3.265051477698455 },
    snapshots: [
      snapshot(
        2_500_000,
        66_484_552,
        '0000000000000093bcb68c03a9a168ae252572d348a2eaeba2cdf9231d73206f',
        'f841584909f68e47897952345234e37fcd9128cd818f41ee6c3ca68db8071be7',
      ),
    ],
  };
}
