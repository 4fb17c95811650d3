import { toHex } from '../../primitives/bytes.js';
import type { Destination } from '../../script/address.js';
import type { JsonValue } from '../json.js';

/** What an address says of itself, as validateaddress and getaddressinfo show it. */
export function destinationView(destination: Destination): { readonly [key: string]: JsonValue } {
  switch (destination.type) {
    case 'publicKey':
      return {};
    case 'keyHash':
      return { isscript: false, iswitness: false };
    case 'scriptHash':
      return { isscript: true, iswitness: false };
    case 'witnessKeyHash':
      return { isscript: false, ...program(0, destination.hash) };
    case 'witnessScriptHash':
      return { isscript: true, ...program(0, destination.hash) };
    case 'taproot':
      return { isscript: true, ...program(1, destination.outputKey) };
    case 'anchor':
      return { isscript: true, iswitness: true };
    case 'witnessUnknown':
      return program(destination.version, destination.program);
  }
}

function program(version: number, bytes: Uint8Array): { readonly [key: string]: JsonValue } {
  return { iswitness: true, witness_version: version, witness_program: toHex(bytes) };
}
