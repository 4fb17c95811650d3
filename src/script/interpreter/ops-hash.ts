import { hash160, ripemd160, sha1, sha256, sha256d } from '../../crypto/hash.js';
import { Op } from '../opcodes.js';
import type { OpHandler, OpTable } from './machine.js';

/** (in -- hash) */
function hashing(hash: (data: Uint8Array) => Uint8Array): OpHandler {
  return machine => {
    if (machine.stack.length < 1) return 'INVALID_STACK_OPERATION';
    machine.push(hash(machine.pop()));
    return 'OK';
  };
}

export const HASH_OPS: OpTable = {
  [Op.OP_RIPEMD160]: hashing(ripemd160),
  [Op.OP_SHA1]: hashing(sha1),
  [Op.OP_SHA256]: hashing(sha256),
  [Op.OP_HASH160]: hashing(hash160),
  [Op.OP_HASH256]: hashing(sha256d),
};
