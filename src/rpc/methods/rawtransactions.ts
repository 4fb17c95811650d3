import { hash160, sha256 } from '../../crypto/hash.js';
import { EMPTY_BYTES, toHex } from '../../primitives/bytes.js';
import { outPointKey } from '../../primitives/outpoint.js';
import { Transaction } from '../../primitives/transaction.js';
import { encodeAddress } from '../../script/address.js';
import type { AddressParams } from '../../script/address-params.js';
import { isOpSuccess, Op } from '../../script/opcodes.js';
import { hasValidOps, isUnspendable, ScriptReader } from '../../script/parse.js';
import { isCompressedKey } from '../../script/public-key.js';
import { combineInput } from '../../script/sign/sign-transaction.js';
import { FlatProvider } from '../../script/signing-provider.js';
import { p2wpkh, p2wsh, type ScriptTemplate, solve } from '../../script/templates.js';
import { asString, parseHexArg } from '../args.js';
import { RpcCode, RpcError } from '../errors.js';
import type { JsonValue } from '../json.js';
import type { RpcMethod } from '../method.js';
import type { Param } from '../param.js';
import {
  findCoins,
  parsePrevTxs,
  parsePrivateKeys,
  parseSigHashType,
  signAndView,
} from '../parse/signing.js';
import { constructTransaction } from '../parse/transaction-parts.js';
import { scriptView } from '../views/script.js';
import { transactionView } from '../views/transaction.js';
import { decodeTransaction, requireTransaction } from './lookup.js';

/** The arguments that describe a transaction to be made; shared by the methods that make PSBTs. */
export const TRANSACTION_PARAMS: readonly Param[] = [
  {
    name: 'inputs',
    type: 'array',
    description:
      'The inputs: objects of "txid", "vout" and, optionally, "sequence" (its default depends on the other arguments)',
  },
  {
    name: 'outputs',
    type: 'any',
    description:
      'The outputs: a list of {"address": amount in BTC} and {"data": "hex"}, or one object with all of them. An address may appear once, and "data" once.',
  },
  {
    name: 'locktime',
    type: 'number',
    default: 0,
    description:
      'Lock time: a height, or from 500000000 on a time in seconds. Other than 0, it also gives inputs a sequence that heeds it',
  },
  {
    name: 'replaceable',
    type: 'bool',
    default: true,
    description:
      'Give inputs a sequence that signals replaceability (BIP 125). Explicit sequences that say otherwise are an error',
  },
];

const createrawtransaction: RpcMethod = {
  name: 'createrawtransaction',
  category: 'Rawtransactions',
  description:
    'Builds an unsigned transaction from inputs and outputs and gives it in hex. Nothing is stored or sent.',
  params: TRANSACTION_PARAMS,
  result: '"hex"    (string) serialized transaction',
  examples: [
    '\'[{"txid":"…","vout":1}]\' \'[{"address":0.5}]\'',
    '\'[{"txid":"…","vout":1}]\' \'[{"data":"c0ffee"}]\'',
  ],
  run: ({ chain }, args) => {
    const parts = constructTransaction(
      {
        inputs: args.raw('inputs'),
        outputs: args.raw('outputs'),
        lockTime: args.raw('locktime'),
        replaceable: args.has('replaceable') ? args.bool('replaceable', true) : undefined,
      },
      chain.params.address,
    );
    return toHex(Transaction.from(parts).raw);
  },
};

export const TRANSACTION_RESULT =
  '{ "txid", "hash", "version", "size", "vsize", "weight", "locktime", "vin": [ { "coinbase" or "txid", "vout", "scriptSig": { "asm", "hex" }, "txinwitness": [ … ], "sequence" } ], "vout": [ { "value", "n", "scriptPubKey": { "asm", "desc", "hex", "address", "type" } } ] }';

const decoderawtransaction: RpcMethod = {
  name: 'decoderawtransaction',
  category: 'Rawtransactions',
  description: 'Decodes a transaction.',
  params: [
    { name: 'hexstring', type: 'hex', description: 'Transaction, in hex' },
    {
      name: 'iswitness',
      type: 'bool',
      optional: true,
      description:
        'Read it as with (true) or without (false) witness data. Without this argument both are tried and what makes more sense wins; a caller who knows should say, a transaction with no inputs is read wrongly otherwise',
    },
  ],
  result: TRANSACTION_RESULT,
  examples: ['"hex"'],
  run: ({ chain }, args) => {
    const guess = !args.has('iswitness');
    const isWitness = args.bool('iswitness', true);
    const tx = decodeTransaction(args.string('hexstring'), {
      withWitness: isWitness,
      withoutWitness: guess || !isWitness,
    });
    if (tx === undefined) throw new RpcError(RpcCode.DESERIALIZATION_ERROR, 'TX decode failed');
    return transactionView(tx, chain.params.address);
  },
};

const decodescript: RpcMethod = {
  name: 'decodescript',
  category: 'Rawtransactions',
  description: 'Disassembles a script, and shows the addresses and P2SH or segwit wrappings it can have.',
  params: [{ name: 'hexstring', type: 'hex', description: 'Script, in hex' }],
  result:
    '{ "asm", "desc", "type", "address", "p2sh", "segwit": { "asm", "hex", "type", "address", "desc", "p2sh-segwit" } }',
  examples: ['"hex"'],
  run: ({ chain }, args) => {
    // An empty script is one, too.
    const hex = args.string('hexstring');
    const script = hex === '' ? EMPTY_BYTES : parseHexArg(hex, 'argument');
    const params = chain.params.address;
    const view = scriptView(script, params, { withoutHex: true });
    const template = solve(script);
    if (!mayBeRedeemScript(script, template)) return view;
    return {
      ...view,
      p2sh: p2shAddress(script, params),
      segwit: mayBeWitnessScript(template) ? segwitView(script, template, params) : undefined,
    };
  },
};

function p2shAddress(script: Uint8Array, params: AddressParams): string | undefined {
  return encodeAddress({ type: 'scriptHash', hash: hash160(script) }, params);
}

/** Output types that it makes sense to pay to by hash, if the script can run at all before taproot. */
function mayBeRedeemScript(script: Uint8Array, { type }: ScriptTemplate): boolean {
  switch (type) {
    case 'nulldata':
    case 'scripthash':
    case 'witness_unknown':
    case 'witness_v1_taproot':
    case 'anchor':
      return false;
  }
  if (!hasValidOps(script) || isUnspendable(script)) return false;
  const reader = new ScriptReader(script);
  while (reader.next()) {
    if (reader.opcode === Op.OP_CHECKSIGADD || isOpSuccess(reader.opcode)) return false;
  }
  return true;
}

/** Uncompressed keys and programs themselves cannot stand in segwit scripts. */
function mayBeWitnessScript(template: ScriptTemplate): boolean {
  switch (template.type) {
    case 'pubkey':
      return isCompressedKey(template.publicKey);
    case 'multisig':
      return template.publicKeys.every(isCompressedKey);
    case 'pubkeyhash':
    case 'nonstandard':
      return true;
    default:
      return false;
  }
}

function segwitView(script: Uint8Array, template: ScriptTemplate, params: AddressParams): JsonValue {
  const provider = new FlatProvider();
  let program: Uint8Array;
  if (template.type === 'pubkey') program = p2wpkh(hash160(template.publicKey));
  else if (template.type === 'pubkeyhash') program = p2wpkh(template.keyHash);
  else {
    provider.addScript(script);
    program = p2wsh(sha256(script));
  }
  return { ...scriptView(program, params, { provider }), 'p2sh-segwit': p2shAddress(program, params) };
}

const combinerawtransaction: RpcMethod = {
  name: 'combinerawtransaction',
  category: 'Rawtransactions',
  description: 'Joins the signatures of several copies of one transaction into one.',
  params: [{ name: 'txs', type: 'array', description: 'The copies, each in hex' }],
  result: '"str"    (string) transaction with the signatures of all copies, in hex',
  examples: ['\'["hex", "hex"]\''],
  run: (context, args) => {
    const copies = args.array('txs').map((value, index) => {
      const tx = decodeTransaction(asString(value));
      if (tx !== undefined) return tx;
      throw new RpcError(
        RpcCode.DESERIALIZATION_ERROR,
        `TX decode failed for tx ${index}. Make sure the tx has at least one input.`,
      );
    });
    const [first] = copies;
    if (first === undefined) throw new RpcError(RpcCode.DESERIALIZATION_ERROR, 'Missing transactions');
    const coins = findCoins(context, first);
    const inputs = first.inputs.map((input, index) => {
      const { txid, vout } = input.prevout;
      const coin = coins.get(outPointKey(txid, vout));
      if (coin === undefined) {
        throw new RpcError(RpcCode.VERIFY_ERROR, 'Input not found or already spent');
      }
      const withInput = copies.filter(copy => copy.inputCount > index);
      const { scriptSig, witness } = combineInput(withInput, index, coin);
      return { ...input, scriptSig, witness };
    });
    const { version, outputs, lockTime } = first;
    return toHex(Transaction.from({ version, inputs, outputs, lockTime }).raw);
  },
};

/** `prevtxs` and `sighashtype`, as all signing methods have them. */
export const SIGNING_PARAMS: readonly Param[] = [
  {
    name: 'prevtxs',
    type: 'array',
    optional: true,
    description:
      'Outputs spent that the node may not know: objects of "txid", "vout", "scriptPubKey" and, where they are needed, "redeemScript" (P2SH), "witnessScript" (P2WSH or P2SH-P2WSH) and "amount" in BTC (segwit)',
  },
  {
    name: 'sighashtype',
    type: 'string',
    default: 'DEFAULT for Taproot, ALL otherwise',
    description:
      'What signatures commit to: DEFAULT, ALL, NONE or SINGLE; the last three also with |ANYONECANPAY',
  },
];

const signrawtransactionwithkey: RpcMethod = {
  name: 'signrawtransactionwithkey',
  category: 'Rawtransactions',
  description:
    'Signs what inputs the given keys, and no others, can sign. Inputs that stay unsigned are told with the reason.',
  params: [
    { name: 'hexstring', type: 'string', description: 'Transaction, in hex' },
    { name: 'privkeys', type: 'array', description: 'Private keys, in base58 (WIF)' },
    ...SIGNING_PARAMS,
  ],
  result:
    '{ "hex", "complete", "errors": [ { "txid", "vout", "witness": [ … ], "scriptSig", "sequence", "error" } ] }',
  examples: ['"hex" \'["key"]\''],
  run: (context, args) => {
    const tx = requireTransaction(args.string('hexstring'));
    const provider = parsePrivateKeys(args.array('privkeys'), context.chain.params.address);
    const coins = findCoins(context, tx);
    parsePrevTxs(args.raw('prevtxs'), provider, coins);
    return signAndView(tx, coins, provider, parseSigHashType(args.optionalString('sighashtype')));
  },
};

/** Making, reading and signing transactions without a wallet. */
export const rawTransactionMethods: readonly RpcMethod[] = [
  createrawtransaction,
  decoderawtransaction,
  decodescript,
  combinerawtransaction,
  signrawtransactionwithkey,
];
