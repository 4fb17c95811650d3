import { genesisBlock } from '../genesis.js';
import type { NetworkParams } from '../params.js';
import {
  BURIED_AT_ONE,
  DIFFICULTY_ONE_LIMIT,
  exceptionMap,
  hashOf,
  NO_CHECKPOINTS,
  PUBLIC_TIMING,
  TAPROOT_ALWAYS,
  TESTDUMMY_OFF,
  TESTNET_THRESHOLD,
  testAddresses,
} from './common.js';

/** The fourth public test network (BIP94). */
export function testnet4Params(): NetworkParams {
  const genesis = genesisBlock({
    time: 1714777860,
    nonce: 393743547,
    bits: 0x1d00ffff,
    message: '03/May/2024 000000000000000000001ebd58c244970b3aa9d783bb001011fbe8ea8e98e00e',
    publicKey: '00'.repeat(33),
    hash: '00000000da84f2bafbbc53dee25a72ae507ff4914b867c565be350b0da8bf043',
  });
  return {
    name: 'testnet4',
    consensus: {
      ...PUBLIC_TIMING,
      genesisHash: genesis.hash,
      buriedHeights: BURIED_AT_ONE,
      bip34Hash: undefined,
      deployments: { testdummy: TESTDUMMY_OFF, taproot: TAPROOT_ALWAYS },
      ruleChangeActivationThreshold: TESTNET_THRESHOLD,
      minBip9WarningHeight: 0,
      powLimit: DIFFICULTY_ONE_LIMIT,
      powAllowMinDifficultyBlocks: true,
      enforceBip94: true,
      scriptFlagExceptions: exceptionMap({}),
      minimumChainWork: 0x5faa15d02e6202f3ban,
      // Height 39550.
      assumeValid: hashOf('000000005be348057db991fa5d89fe7c4695b667cfb311391a8db374b6f681fd'),
      signetChallenge: undefined,
    },
    genesis,
    magic: Uint8Array.of(0x1c, 0x16, 0x3f, 0x28),
    defaultPort: 48333,
    defaultRpcPort: 48332,
    dataDir: 'testnet4',
    address: testAddresses('tb'),
    dnsSeeds: ['seed.testnet4.bitcoin.sprovoost.nl.', 'seed.testnet4.wiz.biz.'],
    checkpoints: NO_CHECKPOINTS,
    isTestChain: true,
    isMockable: false,
    requireStandard: true,
    defaultConsistencyChecks: false,
    pruneAfterHeight: 1000,
    assumedBlockchainSize: 1,
    assumedChainStateSize: 0,
    chainTxData: { time: 1723651702, txCount: 757_229, txRate: 0.01570402633472492 },
    snapshots: [],
  };
}
