import { DEFAULT_SEED, RegtestNetwork } from '../../../regtest/index.js';
import { attackOn } from './attack.js';
import { clientLine, runClientProcess } from './client-command.js';
import { interruptible } from './interrupt.js';
import { tellingProgress } from './progress.js';
import { bitcoins, type Terminal } from './terminal.js';

const NODES = 4;
const AMOUNT = '1.5';
const ATTACK = { hashrate: 0.6, confirmations: 6, seed: DEFAULT_SEED };

/** Shows what the node and the lab do, from an empty chain to a double spend. @throws Error when a step fails */
export async function demo(terminal: Terminal): Promise<void> {
  await interruptible(async signal => {
    const startedAt = performance.now();
    terminal.say(`1. A network: ${NODES} nodes, each a process of its own, joined over TCP.`);
    await using network = await tellingProgress(terminal, () =>
      RegtestNetwork.create({ nodes: NODES, signal }),
    );
    const height = await network.node(0).rpc.call('getblockcount');
    const seconds = (performance.now() - startedAt) / 1000;
    terminal.say(
      `   Up, connected and at height ${height} after ${seconds.toFixed(1)} s. Each node has a coin.`,
    );
    terminal.say('');
    await payment(network, terminal);
    signal.throwIfAborted();
    terminal.say('');
    terminal.say('3. A 51 % attack.');
    const result = await attackOn(network, ATTACK, signal, terminal);
    if (!result.success) throw new Error('the double spend failed');
    terminal.say('');
    terminal.say(`Done after ${((performance.now() - startedAt) / 1000).toFixed(1)} s.`);
  });
}

async function payment(network: RegtestNetwork, terminal: Terminal): Promise<void> {
  const [sender, receiver, witness] = [network.node(0), network.node(1), network.node(2)];
  terminal.say(`2. A payment: ${sender.name} sends ${AMOUNT} BTC to ${receiver.name}.`);
  const address = await receiver.wallet().call('getnewaddress');
  terminal.say(`   $ ${clientLine(sender, 'sendtoaddress', address, AMOUNT)}`);
  const txid = await runClientProcess(sender, 'sendtoaddress', address, AMOUNT);
  terminal.say(`   ${txid}`);
  await network.waitForMempool(txid, [witness]);
  terminal.say(`   ${witness.name} has it in its mempool.`);
  await network.waitForMempool(txid);
  const [hash = ''] = await witness.mine();
  terminal.say(`   ${witness.name} mines block ${hash}.`);
  await network.waitForSync();
  for (const node of network.nodes) {
    const { tx, height } = await node.rpc.call('getblock', hash);
    if (!tx.includes(txid)) throw new Error(`${node.name} does not have the payment in block ${hash}`);
    terminal.say(`   ${node.name} has it in its chain at height ${height}.`);
  }
  const { mine } = await receiver.wallet().call('getbalances');
  const { confirmations } = await receiver.wallet().call('gettransaction', txid);
  terminal.say(
    `   ${receiver.name} owns ${bitcoins(mine.trusted)} now, the payment has ${confirmations} confirmation.`,
  );
}
