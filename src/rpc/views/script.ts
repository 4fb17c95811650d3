import { toHex } from '../../primitives/bytes.js';
import { scriptToAddress } from '../../script/address.js';
import type { AddressParams } from '../../script/address-params.js';
import { scriptToAsm } from '../../script/asm.js';
import { inferDescriptor } from '../../script/descriptor/infer.js';
import { EMPTY_PROVIDER, type SigningProvider } from '../../script/signing-provider.js';
import { solve } from '../../script/templates.js';
import type { JsonValue } from '../json.js';

export interface ScriptViewOptions {
  /** Leave the script's own bytes out. */
  readonly withoutHex?: boolean;
  /** What is known about keys and scripts, for the descriptor. */
  readonly provider?: SigningProvider;
}

/** A scriptPubKey as RPC shows it: words, descriptor, bytes, address where it has one, type. */
export function scriptView(
  script: Uint8Array,
  params: AddressParams,
  { withoutHex = false, provider = EMPTY_PROVIDER }: ScriptViewOptions = {},
): { readonly [key: string]: JsonValue } {
  const { type } = solve(script);
  return {
    asm: scriptToAsm(script),
    desc: inferDescriptor(script, provider, params).toString(),
    hex: withoutHex ? undefined : toHex(script),
    // Old pay-to-pubkey outputs are not shown as the address of their key's hash.
    address: type === 'pubkey' ? undefined : scriptToAddress(script, params),
    type,
  };
}
