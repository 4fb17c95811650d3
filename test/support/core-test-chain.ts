import type { RpcClient } from '../../regtest/rpc/client.js';

/** Time at which Core's unit tests mine their first block, Unix seconds; each further one is a second later. */
const FIRST_BLOCK_TIME = 1_598_887_952;
/** Their reward goes to the public key of the secret 1. */
const DESCRIPTOR = 'pk(0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798)';

/** A block of that chain which regtest knows a snapshot of. */
export const CORE_TEST_BASE = {
  height: 110,
  hash: '696e92821f65549c7ee134edceeeeaaa4105647a3c4fd9f298c0aec0ab50425c',
  coinsHash: '6657b736d4fe4db0cbc796789e812d5dba7f5c143764b1b6905612f1830609d1',
} as const;

/** Mines the chain that Core's unit tests start with, up to a height. The node stays at the last block's time. */
export async function mineCoreTestChain(rpc: RpcClient, height: number): Promise<void> {
  const from = await rpc.call('getblockcount');
  for (let next = from + 1; next <= height; next++) {
    await rpc.request('setmocktime', FIRST_BLOCK_TIME + next - 1);
    await rpc.request('generatetodescriptor', 1, DESCRIPTOR);
  }
}
