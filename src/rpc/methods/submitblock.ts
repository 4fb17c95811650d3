import type { Chain } from '../../chain/chain.js';
import { NO_HEADER } from '../../consensus/chain-view.js';
import { buriedActive } from '../../consensus/deployments.js';
import type { BlockRejection } from '../../consensus/rejection.js';
import { NO_WITNESS_COMMITMENT, witnessCommitmentIndex } from '../../consensus/witness.js';
import { Block } from '../../primitives/block.js';
import { bytesEqual, fromHex, type Hash256, hashToHex, ZERO_HASH } from '../../primitives/bytes.js';
import { DecodeError } from '../../primitives/codec.js';
import { BlockHeader, HEADER_SIZE } from '../../primitives/header.js';
import { Transaction } from '../../primitives/transaction.js';
import { RpcCode, RpcError } from '../errors.js';
import type { JsonValue } from '../json.js';
import type { RpcMethod } from '../method.js';

/** A block from hex. @throws RpcError "Block decode failed" */
export function parseBlock(hex: string): Block {
  const bytes = fromHex(hex);
  try {
    if (bytes !== undefined) return Block.parse(bytes);
  } catch (thrown) {
    if (!(thrown instanceof DecodeError)) throw thrown;
  }
  throw new RpcError(RpcCode.DESERIALIZATION_ERROR, 'Block decode failed');
}

/** What BIP22 answers for a block that is known; undefined for one that is not, or `otherwise` when nothing is known of it. */
export function duplicateVerdict(
  chain: Chain,
  hash: Hash256,
  otherwise: string | undefined,
): string | undefined {
  const { headers } = chain;
  const id = headers.find(hash);
  if (id === NO_HEADER) return undefined;
  if (headers.isInvalid(id)) return 'duplicate-invalid';
  return headers.isFullyValid(id) ? 'duplicate' : otherwise;
}

/** BIP22's answer: null for a good block, else Core's reject string. */
export function verdictOf(rejection: BlockRejection | undefined): JsonValue {
  if (rejection === undefined) return null;
  return rejection.reason === '' ? 'rejected' : rejection.reason;
}

const submitblock: RpcMethod = {
  name: 'submitblock',
  category: 'Mining',
  description: 'Checks a block and, if it holds, adds it to the chain and announces it (BIP 22).',
  params: [
    { name: 'hexdata', type: 'hex', description: 'Block, in hex' },
    {
      name: 'dummy',
      type: 'string',
      optional: true,
      description: 'Ignored; BIP 22 has it',
    },
  ],
  result: 'null when the block was accepted, otherwise the reason as a string of BIP 22',
  examples: ['"hex"'],
  run: async ({ chain, miner }, args) => {
    const submitted = parseBlock(args.string('hexdata'));
    if (submitted.transactions[0]?.isCoinbase !== true) {
      throw new RpcError(RpcCode.DESERIALIZATION_ERROR, 'Block does not start with a coinbase');
    }
    const known = duplicateVerdict(chain, submitted.hash, undefined);
    if (known !== undefined) return known;
    const block = withReservedValue(chain, submitted);
    const checked = watchChecks(chain, block.hash);
    try {
      const { isNew, rejection } = await miner.submit(block);
      if (rejection !== undefined) return verdictOf(rejection);
      if (!isNew) return 'duplicate';
      return checked.isChecked ? null : 'inconclusive';
    } finally {
      checked.stop();
    }
  },
};

/** Follows what the chain says of one block, for as long as it is listened to. */
function watchChecks(chain: Chain, hash: Hash256): { isChecked: boolean; stop(): void } {
  const onChecked = (block: Block) => {
    if (bytesEqual(block.hash, hash)) watch.isChecked = true;
  };
  const watch = { isChecked: false, stop: () => chain.events.off('checked', onChecked) };
  chain.events.on('checked', onChecked);
  return watch;
}

/**
 * Adds the witness reserved value that a block's coinbase needs for its commitment (BIP141) where it was left out:
 * miners that know nothing of segwit hand in coinbases without.
 */
export function withReservedValue(chain: Chain, block: Block): Block {
  const prev = chain.headers.find(block.header.prevHash);
  const [coinbase, ...others] = block.transactions;
  const height = prev === NO_HEADER ? 0 : chain.headers.height(prev) + 1;
  if (
    coinbase === undefined ||
    coinbase.hasWitness ||
    prev === NO_HEADER ||
    !buriedActive('segwit', height, chain.params.consensus) ||
    witnessCommitmentIndex(block) === NO_WITNESS_COMMITMENT
  ) {
    return block;
  }
  const { version, outputs, lockTime } = coinbase;
  const inputs = coinbase.inputs.map(input => ({ ...input, witness: [ZERO_HASH] }));
  return Block.from(block.header, [Transaction.from({ version, inputs, outputs, lockTime }), ...others]);
}

const submitheader: RpcMethod = {
  name: 'submitheader',
  category: 'Mining',
  description: 'Takes in a block header alone. A header that is not valid is an error.',
  params: [{ name: 'hexdata', type: 'hex', description: 'Header, in hex' }],
  result: 'null',
  examples: ['"hex"'],
  run: ({ chain }, args) => {
    const bytes = fromHex(args.string('hexdata'));
    if (bytes === undefined || bytes.length < HEADER_SIZE) {
      throw new RpcError(RpcCode.DESERIALIZATION_ERROR, 'Block header decode failed');
    }
    const header = new BlockHeader(bytes.subarray(0, HEADER_SIZE));
    if (chain.headers.find(header.prevHash) === NO_HEADER) {
      throw new RpcError(
        RpcCode.VERIFY_ERROR,
        `Must submit previous header (${hashToHex(header.prevHash)}) first`,
      );
    }
    const { rejection } = chain.processHeaders([header]);
    if (rejection !== undefined) throw new RpcError(RpcCode.VERIFY_ERROR, rejection.reason);
    return null;
  },
};

/** Blocks and headers made elsewhere. */
export const submitBlockMethods: readonly RpcMethod[] = [submitblock, submitheader];
