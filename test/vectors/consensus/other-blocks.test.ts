import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { BlockChain } from '../../../src/chain/chainstate.js';
import { BoundedExecutionCache } from '../../../src/chain/scripts/execution-cache.js';
import { checkBlock } from '../../../src/consensus/block-check.js';
import { chainParams } from '../../../src/consensus/networks.js';
import type { NetworkName } from '../../../src/consensus/params.js';
import { sha256 } from '../../../src/crypto/hash.js';
import { siphashUint256 } from '../../../src/crypto/siphash.js';
import { decodeMessage, encodeMessage } from '../../../src/net/wire/messages.js';
import { Block } from '../../../src/primitives/block.js';
import { asBuffer, hashToHex, toHex } from '../../../src/primitives/bytes.js';
import { Writer } from '../../../src/primitives/codec.js';
import { NodeClock } from '../../../src/runtime/clock.js';
import { silentLogger } from '../../../src/runtime/logger.js';
import { hasShared, sharedPath } from '../../support/shared.js';

const BITCOINJ = 'vectors/bitcoinj/test/resources/org/bitcoinj/core';
const BTCD = 'vectors/btcd';

const read = (path: string) => readFileSync(sharedPath(path));

/** Whole blocks of other projects, by network, with the number of their transactions. */
const BLOCKS: readonly (readonly [path: string, network: NetworkName, transactions: number])[] = [
  [`${BITCOINJ}/block169482.dat`, 'main', 14],
  [`${BITCOINJ}/block227835.dat`, 'main', 122],
  [`${BITCOINJ}/block227836.dat`, 'main', 100],
  [`${BITCOINJ}/block363703.dat`, 'main', 587],
  [`${BITCOINJ}/block370661.dat`, 'main', 708],
  [`${BITCOINJ}/block383616.dat`, 'main', 1731],
  [`${BITCOINJ}/block481815.dat`, 'main', 2097],
  [`${BITCOINJ}/block481829.dat`, 'main', 2020],
  [`${BITCOINJ}/block_testnet21066.dat`, 'test', 2],
  [`${BITCOINJ}/block_testnet32768.dat`, 'test', 5],
  [`${BITCOINJ}/block_testnet700000.dat`, 'test', 4],
  [
    `${BTCD}/wire/testdata/block-0000000000000000001602407ac49862a7bca9d00f7f402db20b7be2f5de59d2.blk`,
    'main',
    3315,
  ],
  [
    `${BTCD}/wire/testdata/block-00000000000000000021868c2cefc52a480d173c849412fe81c4e5ab806f94ab.blk`,
    'main',
    230,
  ],
  ['vectors/bcoin/block426884.raw', 'main', 409],
  ['vectors/bcoin/block898352.raw', 'test', 10],
];

describe.skipIf(!hasShared)('blocks of other projects', () => {
  it.each(BLOCKS)('%s passes all checks that need no chain', (path, network, transactions) => {
    const block = Block.parse(read(path));
    expect(checkBlock(block, chainParams(network).consensus)).toBeUndefined();
    expect(block.transactions.length).toBe(transactions);
    const hash = /block-(\w{64})/.exec(path)?.[1];
    if (hash !== undefined) expect(hashToHex(block.hash)).toBe(hash);
  });
});

/** The id of a transaction in a compact block (BIP152), as a number of six bytes. */
function shortIds(block: Block, nonce: bigint, id: 'txid' | 'wtxid'): number[] {
  const seed = asBuffer(sha256(new Writer().bytes(block.header.raw).u64(nonce).finish()));
  const [k0, k1] = [seed.readBigUInt64LE(0), seed.readBigUInt64LE(8)];
  return block.transactions.map(tx => Number(siphashUint256(k0, k1, tx[id]) & 0xffffffffffffn));
}

describe.skipIf(!hasShared)('compact blocks of other projects', () => {
  it.each(['426884', '898352'])('%s announces the transactions of its block', height => {
    const block = Block.parse(read(`vectors/bcoin/block${height}.raw`));
    const payload = read(`vectors/bcoin/compact${height}.raw`);
    const message = decodeMessage('cmpctblock', payload);
    expect(toHex(encodeMessage(message))).toBe(toHex(payload));
    expect(hashToHex(message.header.hash)).toBe(hashToHex(block.hash));
    for (const { index, tx } of message.prefilled)
      expect(hashToHex(tx.txid)).toBe(hashToHex(block.transactions[index]?.txid ?? tx.wtxid));
    // Both are of the first version, whose ids leave witnesses out.
    const places = new Set(message.prefilled.map(({ index }) => index));
    const wanted = shortIds(block, message.nonce, 'txid').filter((_, index) => !places.has(index));
    expect(message.shortIds).toEqual(wanted);
  });
});

describe.skipIf(!hasShared)('chains of other projects', () => {
  let chain: BlockChain;

  const startMain = async () => {
    const modules = {
      clock: new NodeClock(),
      logger: silentLogger,
      executionCache: new BoundedExecutionCache(1 << 16),
    };
    chain = new BlockChain({ params: chainParams('main'), storage: 'memory', scriptThreads: 1 }, modules);
    await chain.start();
  };

  afterEach(() => chain.stop());

  it("bitcoinj's first blocks of mainnet connect", async () => {
    await startMain();
    await chain.importBlocks([sharedPath(`${BITCOINJ}/first-100k-blocks.dat`)]);
    expect(chain.height).toBe(438);
  });

  it("btcd's two branches: the longer one wins, by its headers", async () => {
    const text = read(`${BTCD}/blockchain/testdata/reorgtest.hex`).toString();
    const hex = text.replace(/^(File path|Block).*$/gm, '|').replace(/[^0-9a-f|]/g, '');
    // Magic and size come before each block.
    const blocks = hex
      .split('|')
      .filter(part => part !== '')
      .map(part => Block.parse(Buffer.from(part, 'hex').subarray(8)));
    expect(blocks).toHaveLength(8);
    await startMain();
    for (const [i, block] of blocks.entries()) {
      const { rejection } = chain.processHeaders([block.header]);
      expect(rejection).toBeUndefined();
      // 0 to 4, then 3A, 4A, 5A: the last one makes the second branch the longer.
      const best = i < 5 ? i : i < 7 ? 4 : 5;
      expect(chain.headers.height(chain.bestHeader)).toBe(best);
    }
    const last = blocks.at(-1)?.hash ?? new Uint8Array();
    expect(hashToHex(chain.headers.hash(chain.bestHeader))).toBe(hashToHex(last));
    // The text has another coinbase in block 1 than the one that its later blocks spend.
    const results = [];
    for (const block of blocks.slice(0, 3))
      results.push(await chain.processBlock(block, { requested: true }));
    expect(results.map(({ rejection }) => rejection?.reason)).toEqual([
      undefined,
      undefined,
      'bad-txns-inputs-missingorspent',
    ]);
  });
});
