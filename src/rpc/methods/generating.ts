import { DEFAULT_MAX_TRIES, MiningError } from '../../miner/miner.js';
import { hashFromHex, hashKey, hashToHex, toHex } from '../../primitives/bytes.js';
import type { Transaction } from '../../primitives/transaction.js';
import { addressToScript } from '../../script/address.js';
import { asString } from '../args.js';
import type { RpcContext } from '../context.js';
import { RpcCode, RpcError, type RpcErrorCode } from '../errors.js';
import { methodHelp } from '../help.js';
import type { JsonValue } from '../json.js';
import type { RpcMethod } from '../method.js';
import type { Param } from '../param.js';
import { scriptOfAddress, scriptOfDescriptor } from '../parse/output.js';
import { decodeTransaction } from './lookup.js';

const MAX_TRIES: Param = {
  name: 'maxtries',
  type: 'number',
  default: DEFAULT_MAX_TRIES,
  description: 'Hashes to try before giving up',
};

const HASHES_RESULT = '[ "hex", … ]    hashes of the blocks';

const MINING_ERRORS: Readonly<Record<MiningError['code'], RpcErrorCode>> = {
  'not-accepted': RpcCode.INTERNAL_ERROR,
  'not-valid': RpcCode.VERIFY_ERROR,
  'no-nonce': RpcCode.MISC_ERROR,
};

/** Runs the miner, and tells the client what went wrong. */
async function mining<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (thrown) {
    if (!(thrown instanceof MiningError)) throw thrown;
    throw new RpcError(MINING_ERRORS[thrown.code], thrown.message);
  }
}

const generatetoaddress: RpcMethod = {
  name: 'generatetoaddress',
  category: 'Hidden',
  description: 'Mines blocks at once that pay an address.',
  params: [
    { name: 'nblocks', type: 'number', description: 'Number of blocks to mine' },
    {
      name: 'address',
      type: 'string',
      description: 'Address that the rewards go to',
    },
    MAX_TRIES,
  ],
  result: HASHES_RESULT,
  examples: ['5 "address"'],
  run: async ({ chain, miner }, args) => {
    const count = args.int('nblocks');
    const maxTries = args.optionalInt('maxtries') ?? DEFAULT_MAX_TRIES;
    const script = scriptOfAddress(args.string('address'), chain.params.address);
    return (await mining(miner.generate(count, script, maxTries))).map(hashToHex);
  },
};

const generatetodescriptor: RpcMethod = {
  name: 'generatetodescriptor',
  category: 'Hidden',
  description: 'Mines blocks at once that pay the script of a descriptor.',
  params: [
    { name: 'num_blocks', type: 'number', description: 'Number of blocks to mine' },
    {
      name: 'descriptor',
      type: 'string',
      description: 'Descriptor that the rewards go to',
    },
    MAX_TRIES,
  ],
  result: HASHES_RESULT,
  examples: ['5 "descriptor"'],
  run: async ({ chain, miner }, args) => {
    const count = args.int('num_blocks');
    const maxTries = args.optionalInt64('maxtries') ?? DEFAULT_MAX_TRIES;
    const output = scriptOfDescriptor(args.string('descriptor'), chain.params.address);
    if ('error' in output) throw new RpcError(RpcCode.INVALID_ADDRESS_OR_KEY, output.error);
    return (await mining(miner.generate(count, output.script, maxTries))).map(hashToHex);
  },
};

const generateblock: RpcMethod = {
  name: 'generateblock',
  category: 'Hidden',
  description: 'Mines one block at once that holds just the given transactions, in the given order.',
  params: [
    {
      name: 'output',
      type: 'string',
      description: 'Address or descriptor that the reward goes to',
    },
    {
      name: 'transactions',
      type: 'array',
      description:
        'Transactions: txids of the mempool, or whole transactions in hex. One that is not valid at its place makes the whole block fail.',
    },
    {
      name: 'submit',
      type: 'bool',
      default: true,
      description: 'true adds the block to the chain, false only gives it back in hex',
    },
  ],
  result: '{ "hash", "hex" }    "hex" only with submit=false',
  examples: ['"address" \'["txid", "hex"]\''],
  run: async (context, args) => {
    const { miner } = context;
    const script = scriptOfOutput(context, args.string('output'));
    const transactions = args.array('transactions').map(value => transactionOf(context, asString(value)));
    const submit = args.bool('submit', true);
    const block = await mining(miner.generateBlock(script, transactions, submit));
    return { hash: hashToHex(block.hash), hex: submit ? undefined : toHex(block.raw) };
  },
};

/** Script of a descriptor or of an address. */
function scriptOfOutput({ chain }: RpcContext, text: string): Uint8Array {
  const params = chain.params.address;
  const output = scriptOfDescriptor(text, params);
  const script = 'script' in output ? output.script : addressToScript(text, params);
  if (script !== undefined) return script;
  throw new RpcError(RpcCode.INVALID_ADDRESS_OR_KEY, 'Error: Invalid address or descriptor');
}

/** A transaction by its txid in the mempool, or from its own hex. */
function transactionOf({ mempool }: RpcContext, text: string): Transaction {
  const txid = hashFromHex(text);
  if (txid !== undefined) {
    const entry = mempool.get(hashKey(txid));
    if (entry !== undefined) return entry.tx;
    throw new RpcError(RpcCode.INVALID_ADDRESS_OR_KEY, `Transaction ${text} not in mempool.`);
  }
  const tx = decodeTransaction(text);
  if (tx !== undefined) return tx;
  throw new RpcError(
    RpcCode.DESERIALIZATION_ERROR,
    `Transaction decode failed for ${text}. Make sure the tx has at least one input.`,
  );
}

const generate: RpcMethod = {
  name: 'generate',
  category: 'Hidden',
  description: 'has been replaced by the -generate cli option. Refer to -help for more information.',
  params: [],
  result: '',
  run: () => {
    throw new RpcError(RpcCode.METHOD_NOT_FOUND, methodHelp(generate));
  },
};

const startmining: RpcMethod = {
  name: 'startmining',
  category: 'Hidden',
  description:
    'Mines on and on until stopmining, as a node of a living network does. Called again, goes on with the new arguments.',
  params: [
    { name: 'address', type: 'string', description: 'The address that rewards are paid to' },
    {
      name: 'hashrate',
      type: 'number',
      optional: true,
      description: 'Hashes per second at most (default: as many as the threads can do)',
    },
  ],
  result: 'null',
  examples: ['"address" 1000'],
  run: async ({ chain, continuousMiner }, args) => {
    const payTo = scriptOfAddress(args.string('address'), chain.params.address);
    const hashRate = args.has('hashrate') ? args.number('hashrate') : undefined;
    if (hashRate !== undefined && hashRate <= 0) {
      throw new RpcError(RpcCode.INVALID_PARAMETER, 'hashrate must be greater than 0');
    }
    await continuousMiner.start({ payTo, hashRate });
    return null;
  },
};

const stopmining: RpcMethod = {
  name: 'stopmining',
  category: 'Hidden',
  description: 'Ends what startmining began.',
  params: [],
  result: 'null',
  examples: [''],
  run: async ({ continuousMiner }) => {
    await continuousMiner.stop();
    return null;
  },
};

const getminingstatus: RpcMethod = {
  name: 'getminingstatus',
  category: 'Hidden',
  description: 'Tells how far startmining has come.',
  params: [],
  result:
    '{ "running", "hashrate", "hashes", "blocks", "lastblock" }    "hashrate" only when it is capped, "lastblock" only when one was found',
  examples: [''],
  run: ({ continuousMiner }): JsonValue => {
    const { running, hashRate, hashes, blocks } = continuousMiner.status;
    const { lastBlock } = continuousMiner;
    return {
      running,
      hashrate: hashRate,
      hashes,
      blocks,
      lastblock: lastBlock && hashToHex(lastBlock),
    };
  },
};

/** Making blocks on demand and all the time, on networks where that is easy. */
export const generatingMethods: readonly RpcMethod[] = [
  generatetoaddress,
  generatetodescriptor,
  generateblock,
  generate,
  startmining,
  stopmining,
  getminingstatus,
];
