import { compactSizeLength } from '../../primitives/codec.js';
import { type OutPointKey, outPointKey } from '../../primitives/outpoint.js';
import {
  outputSize,
  type TxOutput,
  type TxParts,
  WITNESS_SCALE_FACTOR,
} from '../../primitives/transaction.js';
import { isSegwitOutput, maxScriptInputWeight } from '../../script/sign/input-weight.js';
import { CombinedProvider, type SigningProvider } from '../../script/signing-provider.js';
import type { Wallet } from '../wallet.js';
import { type CoinControl, externalProvider, type PresetInput } from './coin-control.js';
import { vsizeOf } from './fee-math.js';

function providerFor(wallet: Wallet, script: Uint8Array, control: CoinControl): SigningProvider {
  return new CombinedProvider([wallet.keychain.solvingProvider(script), externalProvider(control)]);
}

/**
 * Virtual size of an input that spends an output of this script, when signed; undefined when it is not known how to
 * spend it.
 *
 * @param isExternal somebody else signs, whose signatures may be a byte longer
 */
export function inputSize(
  wallet: Wallet,
  script: Uint8Array,
  control: CoinControl = {},
  isExternal = false,
): number | undefined {
  const weight = maxScriptInputWeight(
    script,
    providerFor(wallet, script, control),
    wallet.modules.params.address,
    {
      useMaxSignature: isExternal,
    },
  );
  return weight === undefined ? undefined : vsizeOf(weight);
}

/** True when spending the output takes a witness, as far as the wallet knows. */
export function isSegwitSpend(wallet: Wallet, script: Uint8Array, control: CoinControl = {}): boolean {
  return isSegwitOutput(script, providerFor(wallet, script, control));
}

/**
 * Weight of the transaction once all its inputs are signed; undefined when that is not known of one.
 *
 * @param spent output of each input, in order
 */
export function signedWeight(
  wallet: Wallet,
  parts: TxParts,
  spent: readonly TxOutput[],
  control: CoinControl,
  preset: ReadonlyMap<OutPointKey, PresetInput>,
): number | undefined {
  const { inputs, outputs } = parts;
  const isSegwit = spent.some(output => isSegwitSpend(wallet, output.script, control));
  const counts = compactSizeLength(inputs.length) + compactSizeLength(outputs.length);
  let weight = (4 + 4 + counts) * WITNESS_SCALE_FACTOR + (isSegwit ? 2 : 0);
  for (const output of outputs) weight += outputSize(output) * WITNESS_SCALE_FACTOR;
  for (const [index, { script }] of spent.entries()) {
    const prevout = inputs[index]?.prevout;
    const chosen = prevout && preset.get(outPointKey(prevout.txid, prevout.vout));
    const input =
      chosen?.weight ??
      maxScriptInputWeight(script, providerFor(wallet, script, control), wallet.modules.params.address, {
        useMaxSignature: chosen?.output !== undefined,
        inSegwitTransaction: isSegwit,
      });
    if (input === undefined) return undefined;
    weight += input;
  }
  return weight;
}
