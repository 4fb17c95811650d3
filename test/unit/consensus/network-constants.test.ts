import { describe, expect, it } from 'vitest';
import { hashOf } from '../../../src/consensus/networks/common.js';
import { chainParams } from '../../../src/consensus/networks.js';
import type { ChainParams, NetworkName } from '../../../src/consensus/params.js';
import { hashKey, hashToHex, toHex } from '../../../src/primitives/bytes.js';
import { formatUint256 } from '../../../src/primitives/target.js';

/*
 * Every constant of every network once more, as Bitcoin Core 28.1 has them. Whoever changes one changes it twice, and
 * knows that it is consensus.
 */

const ZERO = '0'.repeat(64);
const FOREVER = Number.MAX_SAFE_INTEGER;
const ALWAYS = -1;
const NEVER = -2;
const TWO_WEEKS = 1_209_600;
const SATOSHIS_MERKLE_ROOT = '4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b';
const TEST_KEYS = {
  pubKeyHashPrefix: 111,
  scriptHashPrefix: 196,
  secretKeyPrefix: 239,
  extendedPublicPrefix: 0x043587cf,
  extendedPrivatePrefix: 0x04358394,
};
const ONE = { bip34: 1, cltv: 1, dersig: 1, csv: 1, segwit: 1 };
const TESTDUMMY = { bit: 28, startTime: NEVER, timeout: FOREVER, minActivationHeight: 0 };
const TAPROOT = { bit: 2, startTime: ALWAYS, timeout: FOREVER, minActivationHeight: 0 };

/** Parameters with bytes as hex in display order. */
function shown(params: ChainParams) {
  const { consensus, genesis, address } = params;
  const { header } = genesis;
  return {
    name: params.name,
    dataDir: params.dataDir,
    magic: toHex(params.magic),
    ports: [params.defaultPort, params.defaultRpcPort],
    address,
    genesis: {
      hash: hashToHex(genesis.hash),
      merkleRoot: hashToHex(header.merkleRoot),
      version: header.version,
      time: header.time,
      bits: header.bits,
      nonce: header.nonce,
      reward: genesis.transactions[0]?.outputs[0]?.value,
    },
    genesisHash: hashToHex(consensus.genesisHash),
    subsidyHalvingInterval: consensus.subsidyHalvingInterval,
    buriedHeights: consensus.buriedHeights,
    bip34Hash: consensus.bip34Hash && hashToHex(consensus.bip34Hash),
    deployments: consensus.deployments,
    window: [consensus.ruleChangeActivationThreshold, consensus.minerConfirmationWindow],
    minBip9WarningHeight: consensus.minBip9WarningHeight,
    powLimit: formatUint256(consensus.powLimit),
    powTarget: [consensus.powTargetSpacing, consensus.powTargetTimespan],
    powRules: [consensus.powAllowMinDifficultyBlocks, consensus.powNoRetargeting, consensus.enforceBip94],
    exceptions: Object.fromEntries(consensus.scriptFlagExceptions),
    minimumChainWork: formatUint256(consensus.minimumChainWork),
    assumeValid: hashToHex(consensus.assumeValid),
    signetChallenge: consensus.signetChallenge && toHex(consensus.signetChallenge),
    checkpoints: [...params.checkpoints].map(([height, hash]) => [height, hashToHex(hash)]),
    kind: [params.isTestChain, params.isMockable, params.requireStandard, params.defaultConsistencyChecks],
    sizes: [params.pruneAfterHeight, params.assumedBlockchainSize, params.assumedChainStateSize],
    chainTxData: params.chainTxData,
    snapshots: params.snapshots.map(({ height, blockHash, hashSerialized, chainTxCount }) => [
      height,
      chainTxCount,
      hashToHex(blockHash),
      hashToHex(hashSerialized),
    ]),
    dnsSeeds: params.dnsSeeds,
  };
}

type Shown = ReturnType<typeof shown>;

const exception = (hash: string) => hashKey(hashOf(hash));

const MAIN: Shown = {
  name: 'main',
  dataDir: '',
  magic: 'f9beb4d9',
  ports: [8333, 8332],
  address: {
    pubKeyHashPrefix: 0,
    scriptHashPrefix: 5,
    secretKeyPrefix: 128,
    extendedPublicPrefix: 0x0488b21e,
    extendedPrivatePrefix: 0x0488ade4,
    bech32Hrp: 'bc',
  },
  genesis: {
    hash: '000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f',
    merkleRoot: SATOSHIS_MERKLE_ROOT,
    version: 1,
    time: 1231006505,
    bits: 0x1d00ffff,
    nonce: 2083236893,
    reward: 50e8,
  },
  genesisHash: '000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f',
  subsidyHalvingInterval: 210_000,
  buriedHeights: { bip34: 227931, cltv: 388381, dersig: 363725, csv: 419328, segwit: 481824 },
  bip34Hash: '000000000000024b89b42a942fe0d9fea3bb44ab7bd1b19115dd6a759c0808b8',
  deployments: {
    testdummy: TESTDUMMY,
    taproot: { bit: 2, startTime: 1619222400, timeout: 1628640000, minActivationHeight: 709632 },
  },
  window: [1815, 2016],
  minBip9WarningHeight: 483840,
  powLimit: `00000000${'f'.repeat(56)}`,
  powTarget: [600, TWO_WEEKS],
  powRules: [false, false, false],
  exceptions: {
    // BIP16; then taproot: P2SH and WITNESS hold there.
    [exception('00000000000002dc756eebf4f49723ed8d30cc28a5f108eb94b1ba88ac4f9c22')]: 0,
    [exception('0000000000000000000f14c35b2d841e986ab5441de8c585d5ffe55ea1e395ad')]: (1 << 0) | (1 << 11),
  },
  minimumChainWork: '000000000000000000000000000000000000000088e186b70e0862c193ec44d6',
  assumeValid: '000000000000000000011c5890365bdbe5d25b97ce0057589acaef4f1a57263f',
  signetChallenge: undefined,
  checkpoints: [
    [11111, '0000000069e244f73d78e8fd29ba2fd2ed618bd6fa2ee92559f542fdb26e7c1d'],
    [33333, '000000002dd5588a74784eaa7ab0507a18ad16a236e7b1ce69f00d7ddfb5d0a6'],
    [74000, '0000000000573993a3c9e41ce34471c079dcf5f52a0e824a81e7f953b8661a20'],
    [105000, '00000000000291ce28027faea320c8d2b054b2e0fe44a773f3eefb151d6bdc97'],
    [134444, '00000000000005b12ffd4cd315cd34ffd4a594f430ac814c91184a0d42d2b0fe'],
    [168000, '000000000000099e61ea72015e79632f216fe6cb33d7899acb35b75c8303b763'],
    [193000, '000000000000059f452a5f7340de6682a977387c17010ff6e6c3bd83ca8b1317'],
    [210000, '000000000000048b95347e83192f69cf0366076336c639f9b7228e9ba171342e'],
    [216116, '00000000000001b4f4b433e81ee46494af945cf96014816a4e2370f11b23df4e'],
    [225430, '00000000000001c108384350f74090433e7fcf79a606b8e797f065b130575932'],
    [250000, '000000000000003887df1f29024b06fc2200b55f8af8f35453d7be294df2d214'],
    [279000, '0000000000000001ae8c72a0b0c301f67e3afca10e819efa9041e458e9bd7e40'],
    [295000, '00000000000000004d9b4ef50f0f9d686fd69db2e03af35a100370c64632a983'],
  ],
  kind: [false, false, true, false],
  sizes: [100_000, 620, 14],
  chainTxData: { time: 1723649144, txCount: 1059312821, txRate: 6.721086701157182 },
  snapshots: [
    [
      840_000,
      991032194,
      '0000000000000000000320283a032748cef8227873ff4872689bf23f1cda83a5',
      'a2a5521b1b5ab65f67818e5e8eccabb7171a517f9e2382208f77687310768f96',
    ],
  ],
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
};

const TESTNET3: Shown = {
  ...MAIN,
  name: 'test',
  dataDir: 'testnet3',
  magic: '0b110907',
  ports: [18333, 18332],
  address: { ...TEST_KEYS, bech32Hrp: 'tb' },
  genesis: {
    hash: '000000000933ea01ad0ee984209779baaec3ced90fa3f408719526f8d77f4943',
    merkleRoot: SATOSHIS_MERKLE_ROOT,
    version: 1,
    time: 1296688602,
    bits: 0x1d00ffff,
    nonce: 414098458,
    reward: 50e8,
  },
  genesisHash: '000000000933ea01ad0ee984209779baaec3ced90fa3f408719526f8d77f4943',
  buriedHeights: { bip34: 21111, cltv: 581885, dersig: 330776, csv: 770112, segwit: 834624 },
  bip34Hash: '0000000023b3a96d3484e5abb3755c413e7d41500f8e2a5c3f0dd01299cd8ef8',
  deployments: {
    testdummy: TESTDUMMY,
    taproot: { bit: 2, startTime: 1619222400, timeout: 1628640000, minActivationHeight: 0 },
  },
  window: [1512, 2016],
  minBip9WarningHeight: 836640,
  powRules: [true, false, false],
  exceptions: { [exception('00000000dd30457c001f4095d208cc1296b0eed002427aa599874af7a432b105')]: 0 },
  minimumChainWork: '000000000000000000000000000000000000000000000f209695166be8b61fa9',
  assumeValid: '000000000000000465b1a66c9f386308e8c75acef9201f3f577811da09fc90ad',
  checkpoints: [[546, '000000002a936ca763904c3c35fce2f3556c559c0214345d31b1bcebf76acb70']],
  kind: [true, false, true, false],
  sizes: [1000, 93, 19],
  chainTxData: { time: 1723613341, txCount: 187917082, txRate: 3.265051477698455 },
  snapshots: [
    [
      2_500_000,
      66484552,
      '0000000000000093bcb68c03a9a168ae252572d348a2eaeba2cdf9231d73206f',
      'f841584909f68e47897952345234e37fcd9128cd818f41ee6c3ca68db8071be7',
    ],
  ],
  dnsSeeds: [
    'testnet-seed.bitcoin.jonasschnelli.ch.',
    'seed.tbtc.petertodd.net.',
    'seed.testnet.bitcoin.sprovoost.nl.',
    'testnet-seed.bluematt.me.',
    'seed.testnet.achownodes.xyz.',
  ],
};

const TESTNET4: Shown = {
  ...TESTNET3,
  name: 'testnet4',
  dataDir: 'testnet4',
  magic: '1c163f28',
  ports: [48333, 48332],
  genesis: {
    hash: '00000000da84f2bafbbc53dee25a72ae507ff4914b867c565be350b0da8bf043',
    merkleRoot: '7aa0a7ae1e223414cb807e40cd57e667b718e42aaf9306db9102fe28912b7b4e',
    version: 1,
    time: 1714777860,
    bits: 0x1d00ffff,
    nonce: 393743547,
    reward: 50e8,
  },
  genesisHash: '00000000da84f2bafbbc53dee25a72ae507ff4914b867c565be350b0da8bf043',
  buriedHeights: ONE,
  bip34Hash: undefined,
  deployments: { testdummy: TESTDUMMY, taproot: TAPROOT },
  minBip9WarningHeight: 0,
  powRules: [true, false, true],
  exceptions: {},
  minimumChainWork: '00000000000000000000000000000000000000000000005faa15d02e6202f3ba',
  assumeValid: '000000005be348057db991fa5d89fe7c4695b667cfb311391a8db374b6f681fd',
  checkpoints: [],
  sizes: [1000, 1, 0],
  chainTxData: { time: 1723651702, txCount: 757229, txRate: 0.01570402633472492 },
  snapshots: [],
  dnsSeeds: ['seed.testnet4.bitcoin.sprovoost.nl.', 'seed.testnet4.wiz.biz.'],
};

const SIGNET: Shown = {
  ...TESTNET4,
  name: 'signet',
  dataDir: 'signet',
  magic: '0a03cf40',
  ports: [38333, 38332],
  genesis: {
    hash: '00000008819873e925422c1ff0f99f7cc9bbb232af63a077a480a3633bee1ef6',
    merkleRoot: SATOSHIS_MERKLE_ROOT,
    version: 1,
    time: 1598918400,
    bits: 0x1e0377ae,
    nonce: 52613770,
    reward: 50e8,
  },
  genesisHash: '00000008819873e925422c1ff0f99f7cc9bbb232af63a077a480a3633bee1ef6',
  window: [1815, 2016],
  powLimit: `00000377ae${'0'.repeat(54)}`,
  powRules: [false, false, false],
  minimumChainWork: '0000000000000000000000000000000000000000000000000000025dbd66e58f',
  assumeValid: '0000014aad1d58dddcb964dd749b073374c6306e716b22f573a2efe68d414539',
  signetChallenge:
    '512103ad5e0edad18cb1f0fc0d28a3d4f1f3e445640337489abb10404f2d1e086be430210359ef5021964fe22d6f8e05b2463c9540ce96883fe3b278760f048f5189f2e6c452ae',
  sizes: [1000, 2, 0],
  chainTxData: { time: 1723655233, txCount: 5507045, txRate: 0.06271073277261494 },
  snapshots: [
    [
      160_000,
      2289496,
      '0000003ca3c99aff040f2563c2ad8f8ec88bd0fd6b8f0895cfaf1ef90353a62c',
      'fe0a44309b74d6b5883d246cb419c6221bcccf0b308c9b59b7d70783dbdf928a',
    ],
  ],
  dnsSeeds: [
    'seed.signet.bitcoin.sprovoost.nl.',
    'seed.signet.achownodes.xyz.',
    '178.128.221.177',
    'v7ajjeirttkbnt32wpy3c6w3emwnfr3fkla7hpxcfokr3ysd3kqtzmqd.onion:38333',
  ],
};

const REGTEST: Shown = {
  ...TESTNET4,
  name: 'regtest',
  dataDir: 'regtest',
  magic: 'fabfb5da',
  ports: [18444, 18443],
  address: { ...TEST_KEYS, bech32Hrp: 'bcrt' },
  genesis: {
    hash: '0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206',
    merkleRoot: SATOSHIS_MERKLE_ROOT,
    version: 1,
    time: 1296688602,
    bits: 0x207fffff,
    nonce: 2,
    reward: 50e8,
  },
  genesisHash: '0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206',
  subsidyHalvingInterval: 150,
  buriedHeights: { ...ONE, segwit: 0 },
  deployments: { testdummy: { ...TESTDUMMY, startTime: 0 }, taproot: TAPROOT },
  window: [108, 144],
  powLimit: `7${'f'.repeat(63)}`,
  powTarget: [600, 86_400],
  powRules: [true, true, true],
  minimumChainWork: ZERO,
  assumeValid: ZERO,
  checkpoints: [[0, '0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206']],
  kind: [true, true, true, true],
  sizes: [1000, 0, 0],
  chainTxData: { time: 0, txCount: 0, txRate: 0 },
  snapshots: [
    [
      110,
      111,
      '696e92821f65549c7ee134edceeeeaaa4105647a3c4fd9f298c0aec0ab50425c',
      '6657b736d4fe4db0cbc796789e812d5dba7f5c143764b1b6905612f1830609d1',
    ],
    [
      200,
      201,
      '5e93653318f294fb5aa339d00bbf8cf1c3515488ad99412c37608b139ea63b27',
      '4f34d431c3e482f6b0d67b64609ece3964dc8d7976d02ac68dd7c9c1421738f2',
    ],
    [
      299,
      334,
      '3bb7ce5eba0be48939b7a521ac1ba9316afee2c7bada3a0cca24188e6d7d96c0',
      'a4bf3407ccb2cc0145c49ebba8fa91199f8a3903daf0883875941497d2493c27',
    ],
  ],
  dnsSeeds: ['dummySeed.invalid.'],
};

const NETWORKS: Readonly<Record<NetworkName, Shown>> = {
  main: MAIN,
  test: TESTNET3,
  testnet4: TESTNET4,
  signet: SIGNET,
  regtest: REGTEST,
};

describe('the constants of a network', () => {
  it.each(['main', 'test', 'testnet4', 'signet', 'regtest'] as const)('%s', name => {
    const params = chainParams(name);
    expect(shown(params)).toEqual(NETWORKS[name]);
    expect(params.defaultMinimumChainWork).toBe(params.consensus.minimumChainWork);
    // Core: a period of 2016 blocks, of 144 on regtest.
    expect(params.consensus.powTargetTimespan / params.consensus.powTargetSpacing).toBe(
      name === 'regtest' ? 144 : 2016,
    );
  });

  it("a signet of one's own shares what makes it a signet, and knows nothing of the public chain", () => {
    expect(shown(chainParams('signet', { signetChallenge: Uint8Array.of(0x51) }))).toEqual({
      ...SIGNET,
      magic: '54d26fbd',
      signetChallenge: '51',
      minimumChainWork: ZERO,
      assumeValid: ZERO,
      sizes: [1000, 0, 0],
      chainTxData: { time: 0, txCount: 0, txRate: 0 },
      dnsSeeds: [],
    });
  });
});
