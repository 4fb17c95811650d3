import { COIN } from '../primitives/amount.js';
import { Block } from '../primitives/block.js';
import { bytesEqual, hashFromHex, hashToHex, ZERO_HASH } from '../primitives/bytes.js';
import { BlockHeader } from '../primitives/header.js';
import { merkleRoot } from '../primitives/merkle.js';
import { NULL_INDEX } from '../primitives/outpoint.js';
import { SEQUENCE_FINAL, Transaction } from '../primitives/transaction.js';
import { assert, defined } from '../runtime/errors.js';
import { ScriptBuilder } from '../script/build.js';
import { Op } from '../script/opcodes.js';

/** What a network's first block is made of; the rest is the same in all of them. */
export interface GenesisFields {
  readonly time: number;
  readonly nonce: number;
  readonly bits: number;
  /** Text in the coinbase that dates the block. */
  readonly message: string;
  /** Public key that the reward is paid to, hex. */
  readonly publicKey: string;
  /** Hash that the block must come out with, display order. */
  readonly hash: string;
}

/** Satoshi's message and key: every network but testnet4 uses them. */
export const SATOSHI_COINBASE = {
  message: 'The Times 03/Jan/2009 Chancellor on brink of second bailout for banks',
  publicKey:
    '04678afdb0fe5548271967f1a67130b7105cd6a828e03909a67962e0ea1f61deb6' +
    '49f6bc3f4cef38c4f35504e51ec112de5c384df7ba0b8d578a4c702b6bf11d5f',
} as const;

/** Builds a genesis block. A hash other than the expected one is a bug in the fields. */
export function genesisBlock(fields: GenesisFields): Block {
  const coinbase = genesisCoinbase(fields);
  const header = BlockHeader.from({
    version: 1,
    prevHash: ZERO_HASH,
    merkleRoot: merkleRoot([coinbase.txid]).root,
    time: fields.time,
    bits: fields.bits,
    nonce: fields.nonce,
  });
  const wanted = defined(hashFromHex(fields.hash), 'genesis hash');
  assert(bytesEqual(header.hash, wanted), `genesis block is ${hashToHex(header.hash)}, not ${fields.hash}`);
  return Block.from(header, [coinbase]);
}

function genesisCoinbase(fields: GenesisFields): Transaction {
  // 486604799 is 0x1d00ffff, the first difficulty, whatever the network's own is.
  const scriptSig = new ScriptBuilder()
    .pushNumber(486604799)
    .pushData(Uint8Array.of(4))
    .pushData(Buffer.from(fields.message, 'latin1'))
    .finish();
  const script = new ScriptBuilder()
    .pushData(Buffer.from(fields.publicKey, 'hex'))
    .op(Op.OP_CHECKSIG)
    .finish();
  return Transaction.from({
    version: 1,
    inputs: [
      {
        prevout: { txid: ZERO_HASH, vout: NULL_INDEX },
        scriptSig,
        sequence: SEQUENCE_FINAL,
        witness: [],
      },
    ],
    outputs: [{ value: 50 * COIN, script }],
    lockTime: 0,
  });
}
