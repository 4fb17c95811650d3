import { signRecoverable } from '../../../crypto/keys.js';
import { type OutPoint, outPointKey } from '../../../primitives/outpoint.js';
import { decodeAddress, scriptOfDestination } from '../../../script/address.js';
import { signWithWallet } from '../../../wallet/signing.js';
import { RpcCode, RpcError } from '../../errors.js';
import type { RpcMethod } from '../../method.js';
import { parsePrevTxs, parseSigHashType, type SpentOutputs, signedView } from '../../parse/signing.js';
import { requireTransaction } from '../lookup.js';
import { SIGNING_PARAMS } from '../rawtransactions.js';
import { messageHash } from '../util.js';
import { walletMethod } from './common.js';

const signrawtransactionwithwallet = walletMethod({
  name: 'signrawtransactionwithwallet',
  description:
    'Signs what inputs the wallet has keys for. Inputs that stay unsigned are told with the reason.',
  params: [{ name: 'hexstring', type: 'string', description: 'Transaction, in hex' }, ...SIGNING_PARAMS],
  result:
    '{ "hex", "complete", "errors": [ { "txid", "vout", "witness": [ … ], "scriptSig", "sequence", "error" } ] }',
  examples: ['"hex"'],
  run: async (wallet, args) => {
    const tx = requireTransaction(args.string('hexstring'));
    const coins: SpentOutputs = new Map();
    const found = await wallet.modules.chain.coins(tx.inputs.map(input => input.prevout));
    for (const [index, coin] of found.entries())
      if (coin !== undefined) coins.set(tx.prevoutKey(index), coin);
    parsePrevTxs(args.raw('prevtxs'), undefined, coins);
    const hashType = parseSigHashType(args.optionalString('sighashtype'));
    const coinOf = ({ txid, vout }: OutPoint) => coins.get(outPointKey(txid, vout));
    return signedView(signWithWallet(wallet, tx, coinOf, hashType), coins);
  },
});

const signmessage = walletMethod({
  name: 'signmessage',
  description: "Signs a message with the key of one of the wallet's addresses.",
  params: [
    { name: 'address', type: 'string', description: 'Address whose key signs' },
    { name: 'message', type: 'string', description: 'Message to sign' },
  ],
  result: '"str"    (string) signature, in base64',
  examples: ['"1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH" "I hold this key"'],
  run: (wallet, args) => {
    const decoded = decodeAddress(args.string('address'), wallet.modules.params.address);
    if (!('destination' in decoded)) {
      throw new RpcError(RpcCode.INVALID_ADDRESS_OR_KEY, 'Invalid address');
    }
    const { destination } = decoded;
    if (destination.type !== 'keyHash') {
      throw new RpcError(RpcCode.TYPE_ERROR, 'Address does not refer to key');
    }
    const provider = wallet.keychain.signingProvider([scriptOfDestination(destination)]);
    const key = provider.privateKey(destination.hash);
    if (key === undefined) throw new RpcError(RpcCode.WALLET_ERROR, 'Private key not available');
    const signature = signRecoverable(key.secret, messageHash(args.string('message')), key.compressed);
    return Buffer.from(signature).toString('base64');
  },
});

/** Signing with the wallet's keys. */
export const signingMethods: readonly RpcMethod[] = [signrawtransactionwithwallet, signmessage];
