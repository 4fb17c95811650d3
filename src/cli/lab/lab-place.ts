import {
  ControlServer,
  Dispatcher,
  Lab,
  type LabEntry,
  LabRegistry,
  type RegtestNetwork,
} from '../../../regtest/index.js';

export interface ServeOptions {
  readonly name?: string;
  readonly port?: number;
  readonly page?: boolean;
}

/** What programs need to know of a lab. */
export interface LabFacts {
  readonly name: string;
  readonly control: string;
  readonly events: string;
  readonly token: string;
  /** To open in a browser; undefined when there is none. */
  readonly page: string | undefined;
}

/**
 * Where commands, pages and programs find a lab: a port and a name in the list of labs. They are taken before any node
 * starts, so that nothing was done yet when one of them is somebody else's.
 */
export class LabPlace {
  private lab: Lab | undefined;

  private constructor(
    private readonly server: ControlServer,
    private readonly registry: LabRegistry,
    private readonly entry: LabEntry,
  ) {}

  /** @throws LabError when port or name are taken */
  static async reserve({ name, port, page }: ServeOptions): Promise<LabPlace> {
    const server = await ControlServer.reserve({ port, page });
    const registry = new LabRegistry();
    try {
      const { url, token } = server;
      return new LabPlace(server, registry, await registry.add({ pid: process.pid, url, token }, name));
    } catch (thrown) {
      await server.stop();
      throw thrown;
    }
  }

  get facts(): LabFacts {
    const { url, token, pageUrl } = this.server;
    return {
      name: this.entry.name,
      control: url,
      events: `${url.replace(/^http/, 'ws')}/events`,
      token,
      page: pageUrl,
    };
  }

  /** Puts a lab around a network that runs, and serves it. */
  async open(network: RegtestNetwork): Promise<Lab> {
    const lab = await Lab.around(network, this.entry.name);
    this.lab = lab;
    const dispatcher = new Dispatcher(lab);
    this.server.serve({
      call: (command, params, signal) => dispatcher.call(command, params, signal),
      events: lab.events,
    });
    return lab;
  }

  /** Ends what goes on in the lab, and the serving. */
  async close(): Promise<void> {
    await this.lab?.end();
    await this.server.stop();
    await this.registry.remove(this.entry);
  }
}
