import { addressToScript } from '../../script/address.js';
import type { AddressParams } from '../../script/address-params.js';
import { parseDescriptor } from '../../script/descriptor/parse.js';
import { RpcCode, RpcError } from '../errors.js';

/**
 * The script that a descriptor without range stands for; of `combo()`, P2WPKH, or P2PKH where the key is uncompressed.
 *
 * @returns what is wrong with the text when it is no descriptor at all
 * @throws RpcError for a descriptor that stands for no one script
 */
export function scriptOfDescriptor(
  text: string,
  params: AddressParams,
): { readonly script: Uint8Array } | { readonly error: string } {
  const parsed = parseDescriptor(text, params);
  if ('error' in parsed) return parsed;
  const { descriptor, privateKeys } = parsed;
  if (descriptor.isRange) {
    throw new RpcError(
      RpcCode.INVALID_PARAMETER,
      'Ranged descriptor not accepted. Maybe pass through deriveaddresses first?',
    );
  }
  const scripts = descriptor.expand(0, privateKeys)?.scripts ?? [];
  const script = scripts.length === 4 ? scripts[2] : scripts.length > 1 ? scripts[1] : scripts[0];
  if (script !== undefined) return { script };
  throw new RpcError(RpcCode.INVALID_ADDRESS_OR_KEY, 'Cannot derive script without private keys');
}

/** @throws RpcError when the text is no address of this network */
export function scriptOfAddress(text: string, params: AddressParams): Uint8Array {
  const script = addressToScript(text, params);
  if (script === undefined) {
    throw new RpcError(RpcCode.INVALID_ADDRESS_OR_KEY, 'Error: Invalid address');
  }
  return script;
}
