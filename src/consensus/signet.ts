import type { Block } from '../primitives/block.js';
import { bytesEqual, EMPTY_BYTES, ZERO_HASH } from '../primitives/bytes.js';
import { DecodeError, decoded, Reader, Writer } from '../primitives/codec.js';
import { merkleRoot } from '../primitives/merkle.js';
import { NULL_INDEX } from '../primitives/outpoint.js';
import { Transaction, type TxInput } from '../primitives/transaction.js';
import { assert, defined } from '../runtime/errors.js';
import { ScriptBuilder } from '../script/build.js';
import { TransactionChecker } from '../script/checker.js';
import { ScriptFlag, type ScriptFlags } from '../script/flags.js';
import { Op } from '../script/opcodes.js';
import { ScriptReader } from '../script/parse.js';
import { PrecomputedTxData } from '../script/tx-data.js';
import { verifyScript } from '../script/verify.js';
import type { ConsensusParams } from './params.js';
import { NO_WITNESS_COMMITMENT, witnessCommitmentIndex } from './witness.js';

/** Mark before the solution in a push of the witness commitment's script (BIP325). */
const SIGNET_HEADER = Uint8Array.of(0xec, 0xc7, 0xda, 0xa2);

/** Rules that solutions are checked under, whatever the height. */
const SOLUTION_FLAGS: ScriptFlags =
  ScriptFlag.P2SH | ScriptFlag.WITNESS | ScriptFlag.DERSIG | ScriptFlag.NULLDUMMY;

/** The two transactions that stand for a block when it is signed (BIP325). */
export interface SignetTransactions {
  /** Its one output has the challenge as its script, its input commits to the block. */
  readonly toSpend: Transaction;
  /** Spends that output; the solution is its scriptSig and witness. */
  readonly toSign: Transaction;
}

/**
 * The transactions for `block`, the solution taken from its coinbase; undefined when it has no witness commitment or
 * a solution that does not parse. A block without a solution gets an empty one, which some challenges accept.
 */
export function signetTransactions(block: Block, challenge: Uint8Array): SignetTransactions | undefined {
  const coinbase = block.transactions[0];
  const index = witnessCommitmentIndex(block);
  if (coinbase === undefined || index === NO_WITNESS_COMMITMENT) return undefined;
  const { solution, script } = takeSolution(defined(coinbase.outputs[index], 'commitment output').script);
  const parsed = parseSolution(solution);
  if (parsed === undefined) return undefined;
  const cleared = withOutputScript(coinbase, index, script);
  const toSpend = spendable(blockData(block, cleared), challenge);
  const input: TxInput = { prevout: { txid: toSpend.txid, vout: 0 }, sequence: 0, ...parsed };
  const output = { value: 0, script: Uint8Array.of(Op.OP_RETURN) };
  const toSign = Transaction.from({ version: 0, inputs: [input], outputs: [output], lockTime: 0 });
  return { toSpend, toSign };
}

/** Whether the block's coinbase carries a solution to the network's challenge. Genesis needs none. */
export function checkSignetSolution(block: Block, params: ConsensusParams): boolean {
  if (bytesEqual(block.hash, params.genesisHash)) return true;
  assert(params.signetChallenge !== undefined, 'a signet has a challenge');
  const transactions = signetTransactions(block, params.signetChallenge);
  return transactions !== undefined && verifySolution(transactions, params.signetChallenge);
}

function verifySolution({ toSpend, toSign }: SignetTransactions, challenge: Uint8Array): boolean {
  const input = defined(toSign.inputs[0], 'the only input');
  const txdata = new PrecomputedTxData(toSign, toSpend.outputs);
  const checker = new TransactionChecker(toSign, 0, 0, txdata);
  return verifyScript(input.scriptSig, challenge, input.witness, SOLUTION_FLAGS, checker) === 'OK';
}

/** Splits a commitment's script into the solution in it and the script with the solution cut down to its mark. */
function takeSolution(commitment: Uint8Array): { solution: Uint8Array | undefined; script: Uint8Array } {
  const rest = new ScriptBuilder();
  const reader = new ScriptReader(commitment);
  let solution: Uint8Array | undefined;
  while (reader.next()) {
    const { data, opcode } = reader;
    if (data.length === 0) rest.op(opcode);
    else if (solution === undefined && isSolution(data)) {
      solution = data.subarray(SIGNET_HEADER.length);
      rest.pushData(SIGNET_HEADER);
    } else rest.pushData(data);
  }
  return solution === undefined ? { solution, script: commitment } : { solution, script: rest.finish() };
}

/** The mark alone, with nothing after it, is no solution. */
function isSolution(data: Uint8Array): boolean {
  return (
    data.length > SIGNET_HEADER.length && bytesEqual(data.subarray(0, SIGNET_HEADER.length), SIGNET_HEADER)
  );
}

function parseSolution(solution: Uint8Array | undefined): Pick<TxInput, 'scriptSig' | 'witness'> | undefined {
  if (solution === undefined) return { scriptSig: EMPTY_BYTES, witness: [] };
  const parsed = decoded(() => readSolution(new Reader(solution)));
  return parsed instanceof DecodeError ? undefined : parsed;
}

function readSolution(reader: Reader): Pick<TxInput, 'scriptSig' | 'witness'> {
  const scriptSig = reader.varBytes();
  const witness: Uint8Array[] = [];
  for (let items = reader.compactSize(); items > 0; items--) witness.push(reader.varBytes());
  reader.finish();
  return { scriptSig, witness };
}

function withOutputScript(tx: Transaction, index: number, script: Uint8Array): Transaction {
  const outputs = tx.outputs.map((output, i) => (i === index ? { ...output, script } : output));
  return Transaction.from({ version: tx.version, inputs: tx.inputs, outputs, lockTime: tx.lockTime });
}

/** What is signed of a block: its header without difficulty and nonce, and without the solution in the merkle root. */
function blockData(block: Block, coinbase: Transaction): Uint8Array {
  const leaves = block.transactions.map((tx, i) => (i === 0 ? coinbase.txid : tx.txid));
  return new Writer(72)
    .i32(block.header.version)
    .bytes(block.header.prevHash)
    .bytes(merkleRoot(leaves).root)
    .u32(block.header.time)
    .finish();
}

function spendable(data: Uint8Array, challenge: Uint8Array): Transaction {
  const scriptSig = new ScriptBuilder().op(Op.OP_0).pushData(data).finish();
  const input = { prevout: { txid: ZERO_HASH, vout: NULL_INDEX }, scriptSig, sequence: 0, witness: [] };
  const outputs = [{ value: 0, script: challenge }];
  return Transaction.from({ version: 0, inputs: [input], outputs, lockTime: 0 });
}
