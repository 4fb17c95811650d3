import { type HeaderId, NO_HEADER } from '../../consensus/chain-view.js';
import { bytesEqual, compareBytes, type Hash256, hashKey, hashToHex, toHex } from '../../primitives/bytes.js';
import { DecodeError, Reader, Writer } from '../../primitives/codec.js';
import { BlockHeader } from '../../primitives/header.js';
import { PartialMerkleTree } from '../../primitives/partial-merkle-tree.js';
import type { Transaction } from '../../primitives/transaction.js';
import { asString, parseHash } from '../args.js';
import type { RpcContext } from '../context.js';
import { RpcCode, RpcError } from '../errors.js';
import type { JsonValue } from '../json.js';
import type { RpcMethod } from '../method.js';
import { transactionView } from '../views/transaction.js';
import { readBlock, undoIfThere } from './block-data.js';
import { findHeader } from './lookup.js';
import { TRANSACTION_RESULT } from './rawtransactions.js';

/** A block can have no more outputs than this: its weight over that of the smallest output. */
const MAX_OUTPUTS_PER_BLOCK = Math.floor(4_000_000 / (9 * 4));

/** Outputs looked up with one call to the database; the first ones are most likely to be unspent. */
const OUTPUTS_PER_FETCH = 1000;

const getrawtransaction: RpcMethod = {
  name: 'getrawtransaction',
  category: 'Rawtransactions',
  description:
    "Gives a transaction from the mempool, or from a named block. For the wallet's own there is gettransaction.",
  params: [
    { name: 'txid', type: 'hex', description: 'Id of the transaction' },
    {
      name: 'verbosity',
      aliases: ['verbose'],
      type: 'any',
      default: 0,
      description:
        '0 gives hex, 1 a decoded transaction, 2 also its fee in BTC and the outputs that it spends',
    },
    {
      name: 'blockhash',
      type: 'hex',
      optional: true,
      description: 'Block to look in, rather than the mempool',
    },
  ],
  result: `"data", or ${TRANSACTION_RESULT.replace('{', '{ "in_active_chain", "blockhash", "confirmations", "blocktime", "time", "hex",')}, with "fee" and each "prevout" for verbosity 2`,
  examples: ['"txid" 1', '"txid" 2 "blockhash"'],
  run: async (context, args) => {
    const { chain, mempool } = context;
    const txid = parseHash(args.raw('txid'), 'parameter 1');
    if (bytesEqual(txid, chain.params.genesis.header.merkleRoot)) {
      throw new RpcError(
        RpcCode.INVALID_ADDRESS_OR_KEY,
        'The genesis block coinbase is not considered an ordinary transaction and cannot be retrieved',
      );
    }
    const verbosity = args.verbosity('verbosity', 0);
    if (args.has('blockhash')) {
      return confirmedTransaction(context, txid, parseHash(args.raw('blockhash'), 'parameter 3'), verbosity);
    }
    const entry = mempool.get(hashKey(txid));
    if (entry === undefined) {
      throw notFound(
        'No such mempool transaction. Use -txindex or provide a block hash to enable blockchain transaction queries',
      );
    }
    if (verbosity <= 0) return toHex(entry.tx.raw);
    return transactionView(entry.tx, chain.params.address, { withHex: true });
  },
};

function notFound(text: string): RpcError {
  return new RpcError(RpcCode.INVALID_ADDRESS_OR_KEY, `${text}. Use gettransaction for wallet transactions.`);
}

async function confirmedTransaction(
  { chain }: RpcContext,
  txid: Hash256,
  blockHash: Hash256,
  verbosity: number,
): Promise<JsonValue> {
  const { headers } = chain;
  const id = headers.find(blockHash);
  if (id === NO_HEADER) throw new RpcError(RpcCode.INVALID_ADDRESS_OR_KEY, 'Block hash not found');
  if (!headers.hasData(id)) throw new RpcError(RpcCode.MISC_ERROR, 'Block not available');
  const block = await readBlock(chain, id);
  const index = block.txids.findIndex(other => bytesEqual(other, txid));
  const tx = block.transactions[index];
  if (tx === undefined) throw notFound('No such transaction found in the provided block');
  if (verbosity <= 0) return toHex(tx.raw);
  const wantsPrevouts = verbosity > 1 && index > 0;
  const spent = wantsPrevouts ? (await undoIfThere(chain, id))?.[index - 1] : undefined;
  const isActive = chain.isActive(id);
  const time = isActive ? headers.time(id) : undefined;
  return {
    in_active_chain: isActive,
    ...transactionView(tx, chain.params.address, { spent, withPrevouts: true, withHex: true }),
    blockhash: hashToHex(blockHash),
    confirmations: isActive ? chain.height - headers.height(id) + 1 : 0,
    time,
    blocktime: time,
  };
}

const gettxoutproof: RpcMethod = {
  name: 'gettxoutproof',
  category: 'Blockchain',
  description:
    "Proves that a block holds certain transactions: its header with a Merkle branch to them (BIP 37's merkleblock).\nWithout a block hash, the block is found only while one of the transactions has an unspent output.",
  params: [
    { name: 'txids', type: 'array', description: 'Ids of the transactions, all of one block' },
    {
      name: 'blockhash',
      type: 'hex',
      optional: true,
      description: 'Hash of the block that holds them',
    },
  ],
  result: '"data"    (string) proof, in hex',
  run: async (context, args) => {
    const { chain } = context;
    const txids = parseTxids(args.array('txids'));
    const id = args.has('blockhash')
      ? findHeader(chain, args.hash('blockhash'))
      : await findByUnspentOutput(context, txids.values());
    if (!chain.headers.hasData(id)) {
      throw new RpcError(RpcCode.INTERNAL_ERROR, "Can't read block from disk");
    }
    const { header, transactions, txids: leaves } = await chain.readBlock(id);
    const isWanted = (tx: Transaction) => txids.has(tx.txidKey);
    if (transactions.filter(isWanted).length !== txids.size) {
      throw new RpcError(
        RpcCode.INVALID_ADDRESS_OR_KEY,
        'Not all transactions found in specified or retrieved block',
      );
    }
    const wanted = transactions.map(isWanted);
    const writer = new Writer().bytes(header.raw);
    PartialMerkleTree.build(leaves, index => wanted[index] === true).write(writer);
    return toHex(writer.finish());
  },
};

function parseTxids(values: readonly unknown[]): Map<string, Hash256> {
  if (values.length === 0) {
    throw new RpcError(RpcCode.INVALID_PARAMETER, "Parameter 'txids' cannot be empty");
  }
  const txids = new Map<string, Hash256>();
  for (const value of values) {
    const txid = parseHash(value, 'txid');
    if (txids.has(hashKey(txid))) {
      throw new RpcError(RpcCode.INVALID_PARAMETER, `Invalid parameter, duplicated txid: ${asString(value)}`);
    }
    txids.set(hashKey(txid), txid);
  }
  return txids;
}

/** Block of the first transaction that has an unspent output left. @throws RpcError when none has */
async function findByUnspentOutput({ chain }: RpcContext, txids: Iterable<Hash256>): Promise<HeaderId> {
  for (const txid of [...txids].sort(compareBytes)) {
    for (let first = 0; first < MAX_OUTPUTS_PER_BLOCK; first += OUTPUTS_PER_FETCH) {
      const outpoints = Array.from({ length: OUTPUTS_PER_FETCH }, (_, i) => ({ txid, vout: first + i }));
      await chain.coins.prefetch(outpoints);
      for (const outpoint of outpoints) {
        const coin = chain.coins.get(outpoint);
        if (coin !== undefined) return chain.at(coin.height);
      }
    }
  }
  throw new RpcError(RpcCode.INVALID_ADDRESS_OR_KEY, 'Transaction not yet in block');
}

const verifytxoutproof: RpcMethod = {
  name: 'verifytxoutproof',
  category: 'Blockchain',
  description:
    'Checks a proof of gettxoutproof and tells what it proves. A proof for a block outside the active chain is an error.',
  params: [{ name: 'proof', type: 'hex', description: 'Proof, in hex' }],
  result: '[ "hex", … ]    txids that are proven; none when the proof does not hold',
  run: ({ chain }, args) => {
    const { header, tree } = readProof(args.hex('proof'));
    const extracted = tree.extract();
    if (extracted === undefined || !bytesEqual(extracted.root, header.merkleRoot)) return [];
    const id = chain.headers.find(header.hash);
    if (id === NO_HEADER || !chain.isActive(id) || chain.headers.txCount(id) === 0) {
      throw new RpcError(RpcCode.INVALID_ADDRESS_OR_KEY, 'Block not found in chain');
    }
    return chain.headers.txCount(id) === tree.leafCount ? extracted.proven.map(hashToHex) : [];
  },
};

function readProof(bytes: Uint8Array): { header: BlockHeader; tree: PartialMerkleTree } {
  try {
    const reader = new Reader(bytes);
    return { header: BlockHeader.read(reader), tree: PartialMerkleTree.read(reader) };
  } catch (thrown) {
    if (thrown instanceof DecodeError) throw new RpcError(RpcCode.MISC_ERROR, thrown.message);
    throw thrown;
  }
}

/** Finding transactions, and proving that blocks hold them. */
export const transactionMethods: readonly RpcMethod[] = [getrawtransaction, gettxoutproof, verifytxoutproof];
