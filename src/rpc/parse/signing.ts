import { hash160, sha256 } from '../../crypto/hash.js';
import { COIN, MAX_MONEY } from '../../primitives/amount.js';
import { bytesEqual, hashKey, hashToHex, toHex } from '../../primitives/bytes.js';
import { type OutPoint, type OutPointKey, outPointKey } from '../../primitives/outpoint.js';
import type { Transaction } from '../../primitives/transaction.js';
import type { AddressParams } from '../../script/address-params.js';
import { scriptToAsm } from '../../script/asm.js';
import { SigHash } from '../../script/hash-type.js';
import { parseSigHashName } from '../../script/hash-type-names.js';
import { isPayToScriptHash, isPayToWitnessScriptHash } from '../../script/parse.js';
import { type SignedTransaction, signTransaction } from '../../script/sign/sign-transaction.js';
import { FlatProvider, type SigningProvider } from '../../script/signing-provider.js';
import { p2sh, p2wsh } from '../../script/templates.js';
import type { SpentOutput } from '../../script/tx-data.js';
import { decodeWif } from '../../script/wif.js';
import {
  asArray,
  asInteger,
  asString,
  checkObject,
  isJsonObject,
  type JsonObject,
  parseAmount,
  parseHash,
  parseHexArg,
} from '../args.js';
import type { RpcContext } from '../context.js';
import { RpcCode, RpcError } from '../errors.js';
import type { JsonValue } from '../json.js';

const INT_MAX = 2 ** 31 - 1;

/** Outputs spent, by outpoint. */
export type SpentOutputs = Map<OutPointKey, SpentOutput>;

/** A coin of the chain or of the mempool, also one that the mempool spends again. */
export function findCoin(
  { chain, mempool }: Pick<RpcContext, 'chain' | 'mempool'>,
  outpoint: OutPoint,
): SpentOutput | undefined {
  return mempool.get(hashKey(outpoint.txid))?.tx.outputs[outpoint.vout] ?? chain.coins.get(outpoint);
}

/** The coins that a transaction spends, as far as they can be found. */
export function findCoins(context: Pick<RpcContext, 'chain' | 'mempool'>, tx: Transaction): SpentOutputs {
  const coins: SpentOutputs = new Map();
  for (const { prevout } of tx.inputs) {
    const coin = findCoin(context, prevout);
    if (coin !== undefined) coins.set(outPointKey(prevout.txid, prevout.vout), coin);
  }
  return coins;
}

/** Private keys in WIF, with their public keys. @throws RpcError "Invalid private key" */
export function parsePrivateKeys(values: readonly unknown[], params: AddressParams): FlatProvider {
  const provider = new FlatProvider();
  for (const value of values) {
    const key = decodeWif(asString(value), params);
    if (key === undefined) throw new RpcError(RpcCode.INVALID_ADDRESS_OR_KEY, 'Invalid private key');
    provider.addPrivateKey(key);
  }
  return provider;
}

/** @throws RpcError when it is no signature hash type; missing is DEFAULT */
export function parseSigHashType(value: string | undefined): number {
  if (value === undefined) return SigHash.DEFAULT;
  const hashType = parseSigHashName(value);
  if (hashType !== undefined) return hashType;
  throw new RpcError(RpcCode.INVALID_PARAMETER, `'${value}' is not a valid sighash parameter.`);
}

/**
 * Takes the `prevtxs` argument of the signing methods: outputs that are not in the chain yet go to `coins`, their
 * scripts to `provider` (without one, only the outputs are read).
 *
 * @throws RpcError with Core's texts
 */
export function parsePrevTxs(value: unknown, provider: FlatProvider | undefined, coins: SpentOutputs): void {
  if (value === undefined || value === null) return;
  for (const item of asArray(value)) {
    if (!isJsonObject(item)) {
      throw new RpcError(
        RpcCode.DESERIALIZATION_ERROR,
        'expected object with {"txid\'","vout","scriptPubKey"}',
      );
    }
    const output = parsePrevTx(item, coins);
    const needsScript = isPayToScriptHash(output.script) || isPayToWitnessScriptHash(output.script);
    if (provider !== undefined && needsScript) addRedeemScript(item, output.script, provider);
  }
}

function parsePrevTx(item: JsonObject, coins: SpentOutputs): SpentOutput {
  checkObject(
    item,
    { txid: 'string', vout: 'number', scriptPubKey: 'string' },
    { allowNull: false, strict: false },
  );
  const txid = parseHash(item.txid, 'txid');
  const vout = asInteger(item.vout, -INT_MAX - 1, INT_MAX);
  if (vout < 0) throw new RpcError(RpcCode.DESERIALIZATION_ERROR, 'vout cannot be negative');
  const script = parseHexArg(item.scriptPubKey, 'scriptPubKey');
  const key = outPointKey(txid, vout);
  const known = coins.get(key);
  if (known !== undefined && !bytesEqual(known.script, script)) {
    throw new RpcError(
      RpcCode.DESERIALIZATION_ERROR,
      `Previous output scriptPubKey mismatch:\n${scriptToAsm(known.script)}\nvs:\n${scriptToAsm(script)}`,
    );
  }
  const output = { script, value: 'amount' in item ? parseAmount(item.amount) : MAX_MONEY };
  coins.set(key, output);
  return output;
}

function addRedeemScript(item: JsonObject, outputScript: Uint8Array, provider: FlatProvider): void {
  checkObject(item, { redeemScript: 'string', witnessScript: 'string' }, { strict: false });
  const redeem = item.redeemScript ?? undefined;
  const witness = item.witnessScript ?? undefined;
  if (redeem === undefined && witness === undefined) {
    throw new RpcError(RpcCode.INVALID_PARAMETER, 'Missing redeemScript/witnessScript');
  }
  const script =
    witness === undefined ? parseHexArg(redeem, 'redeemScript') : parseHexArg(witness, 'witnessScript');
  const witnessOutput = p2wsh(sha256(script));
  provider.addScript(script);
  provider.addScript(witnessOutput);
  if (witness !== undefined && redeem !== undefined && witness !== redeem) {
    if (!bytesEqual(parseHexArg(redeem, 'redeemScript'), witnessOutput)) {
      throw new RpcError(RpcCode.INVALID_PARAMETER, 'redeemScript does not correspond to witnessScript');
    }
  }
  const fitting = isPayToScriptHash(outputScript)
    ? [p2sh(hash160(script)), p2sh(hash160(witnessOutput))]
    : [witnessOutput];
  if (fitting.some(candidate => bytesEqual(candidate, outputScript))) return;
  throw new RpcError(RpcCode.INVALID_PARAMETER, 'redeemScript/witnessScript does not match scriptPubKey');
}

/** Signs what can be signed, and shows the outcome as signrawtransactionwith… does. @throws RpcError "Missing amount for …" */
export function signAndView(
  tx: Transaction,
  coins: SpentOutputs,
  provider: SigningProvider,
  hashType: number,
): { readonly [key: string]: JsonValue } {
  const signed = signTransaction(
    tx,
    ({ txid, vout }) => coins.get(outPointKey(txid, vout)),
    provider,
    hashType,
  );
  return signedView(signed, coins);
}

/** A signed transaction with what is wrong with its inputs. @throws RpcError "Missing amount for …" */
export function signedView(
  { tx, complete, errors }: SignedTransaction,
  coins: SpentOutputs,
): { readonly [key: string]: JsonValue } {
  const inputErrors: JsonValue[] = [];
  for (const [index, input] of tx.inputs.entries()) {
    const error = errors.get(index);
    if (error === undefined) continue;
    const { txid, vout } = input.prevout;
    const coin = coins.get(outPointKey(txid, vout));
    if (error === 'Missing amount' && coin !== undefined) {
      throw new RpcError(RpcCode.TYPE_ERROR, `Missing amount for ${outputText(coin)}`);
    }
    inputErrors.push({
      txid: hashToHex(txid),
      vout,
      witness: input.witness.map(toHex),
      scriptSig: toHex(input.scriptSig),
      sequence: input.sequence,
      error,
    });
  }
  return {
    hex: toHex(tx.raw),
    complete,
    errors: inputErrors.length === 0 ? undefined : inputErrors,
  };
}

/** Characters of a script that Core's texts about outputs show. */
const SHOWN_SCRIPT_DIGITS = 30;

function outputText({ value, script }: SpentOutput): string {
  const fraction = String(value % COIN).padStart(8, '0');
  const shown = toHex(script).slice(0, SHOWN_SCRIPT_DIGITS);
  return `CTxOut(nValue=${Math.floor(value / COIN)}.${fraction}, scriptPubKey=${shown})`;
}
