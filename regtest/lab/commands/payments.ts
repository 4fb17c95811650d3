import { formatAmount } from '../../../src/primitives/amount.js';
import type { RegtestNetwork } from '../../network.js';
import type { RegtestNode } from '../../node.js';
import type { Command } from '../command.js';
import { letOthersFollow } from '../found-block.js';
import { addressOf, nodeIfTold, nodeOf, runningNode } from '../names.js';
import { needed } from '../param-reader.js';

/** Satoshis per virtual byte: nodes refuse to send at more, as Core does by `-maxtxfee`, for all but the smallest. */
const MAX_FEE_RATE = 10_000;

export const send: Command<'send'> = {
  manner: 'act',
  prepare: (lab, params) => {
    const { network } = lab;
    const from = nodeOf(network, params, 'from');
    const to = addressOf(network, params, 'to');
    const amount = needed(params.amount('amount'), 'amount');
    const feeRate = params.number('feeRate', 0, MAX_FEE_RATE);
    const confirm = params.flag('confirm') ?? false;
    // A block would get into the race.
    if (confirm) lab.attacks.refuseWhileRunning('a block');
    return async () => {
      const txid = await pay(runningNode(from), to, amount, feeRate);
      return confirm ? { txid, block: await confirmIn(network, from) } : { txid };
    };
  },
};

/** @param amount in satoshis */
function pay(from: RegtestNode, to: string, amount: number, feeRate: number | undefined): Promise<string> {
  const payment = { address: to, amount: formatAmount(amount), fee_rate: feeRate };
  return from.wallet().callNamed('sendtoaddress', payment);
}

/** A block with what lies in the node's mempool; its reward is in nobody's wallet, so that no balance moves by it. */
async function confirmIn(network: RegtestNetwork, node: RegtestNode): Promise<string> {
  const [hash = ''] = await node.mine(1, network.faucet.address);
  await letOthersFollow(network, node);
  return hash;
}

/** In bitcoins, unless told. */
const FAUCET_AMOUNT = '1';

export const faucet: Command<'faucet'> = {
  manner: 'steer',
  prepare: ({ network }, params) => {
    const node = nodeIfTold(network, params, 'to');
    const to = addressOf(network, params, 'to');
    const satoshis = params.amount('amount');
    const amount = satoshis === undefined ? FAUCET_AMOUNT : formatAmount(satoshis);
    const confirm = params.flag('confirm') ?? true;
    return () => network.fund(node === undefined ? to : runningNode(node), amount, { confirm });
  },
};

export const accounts: Command<'accounts'> = {
  manner: 'look',
  prepare:
    ({ network }) =>
    () => ({ mnemonic: network.mnemonic, accounts: network.accounts }),
};
