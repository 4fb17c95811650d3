import { ControlServer, Dispatcher, Lab, LabRegistry, type RegtestNetwork } from '../../../regtest/index.js';

export interface ServeOptions {
  readonly name?: string;
  readonly port?: number;
  readonly page?: boolean;
}

/** A lab that commands, pages and programs find. */
export interface ServedLab {
  readonly lab: Lab;
  /** What programs need to know. */
  readonly facts: {
    readonly name: string;
    readonly control: string;
    readonly events: string;
    readonly token: string;
    /** To open in a browser; undefined when there is none. */
    readonly page: string | undefined;
  };
  /** Ends what goes on in the lab, and the serving. */
  stop(): Promise<void>;
}

/** Puts a lab around a network, serves it, and enters it in the list of labs. @throws LabError when port or name are taken */
export async function serve(network: RegtestNetwork, { name, port, page }: ServeOptions): Promise<ServedLab> {
  const lab = await Lab.around(network);
  const server = await ControlServer.start(new Dispatcher(lab), { port, page });
  const registry = new LabRegistry();
  const { url, token } = server;
  try {
    const entry = await registry.add({ pid: process.pid, url, token }, name);
    lab.name = entry.name;
    return {
      lab,
      facts: {
        name: entry.name,
        control: url,
        events: `${url.replace(/^http/, 'ws')}/events`,
        token,
        page: server.pageUrl,
      },
      stop: async () => {
        await lab.end();
        await server.stop();
        await registry.remove(entry);
      },
    };
  } catch (thrown) {
    await server.stop();
    throw thrown;
  }
}
