import { ControlServer } from '../../../regtest/control/server.js';
import { Dispatcher } from '../../../regtest/lab/dispatcher.js';
import { Lab } from '../../../regtest/lab/lab.js';
import { RegtestNetwork } from '../../../regtest/network.js';
import type { NetworkOptions } from '../../../regtest/network-options.js';

/** A lab with nodes in this process, served as `blocksmith up --mode inProcess` serves it. */
export class ServedLab {
  private constructor(
    readonly network: RegtestNetwork,
    readonly lab: Lab,
    readonly server: ControlServer,
  ) {}

  static async start(options: NetworkOptions): Promise<ServedLab> {
    const network = await RegtestNetwork.create({ mode: 'inProcess', ...options });
    const lab = await Lab.around(network);
    return new ServedLab(network, lab, await ControlServer.start(new Dispatcher(lab)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.lab.end();
    await this.server.stop();
    await this.network.stop();
  }
}
