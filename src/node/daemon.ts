import { runDetached } from '../runtime/queue.js';
import { isFrugal } from './config/chain.js';
import { Node, StartInterrupted } from './node.js';
import type { NodeEvent } from './node-event.js';
import { helpText } from './options/help.js';
import { DAEMON_OPTIONS } from './options/table.js';
import { parseDaemonArgs, prepareNode } from './prepare.js';
import { describeFailure, fatalText } from './start-failure.js';
import { VERSION } from './version.js';

/** What the daemon's process gives it: where to write, and when to stop. */
export interface DaemonProcess {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Resolves when the process is asked to stop from outside. */
  readonly stopAsked: Promise<void>;
  /** Told when the node is up. @param isFrugal it is to take little memory, if need be for more time */
  readonly onUp?: (isFrugal: boolean) => void;
  /** Told when the node has done what it puts off at its start. */
  readonly onSettled?: () => void;
  /** Gets what happens in the node, when somebody wants to know. */
  readonly onEvent?: (event: NodeEvent) => void;
}

/** Runs a node until it is asked to stop. @returns the exit code: 0 for a clean stop, 1 for every failure */
export async function runDaemon(args: readonly string[], host: DaemonProcess): Promise<number> {
  let node: Node | undefined;
  try {
    const settings = parseDaemonArgs(args);
    if (['?', 'h', 'help', 'help-debug', 'version'].some(name => settings.isSet(name))) {
      host.out(settings.isSet('version') ? versionText() : helpPage(settings.isSet('help-debug')));
      return 0;
    }
    const prepared = prepareNode(settings);
    for (const notice of settings.notices) host.err(notice);
    const strange = settings.unrecognizedSections();
    if (strange.length > 0) {
      const lines = strange.map(
        ({ file, line, name }) => `${file}:${line} Section [${name}] is not recognized.`,
      );
      host.err(`Warning: ${lines.join('\n')}`);
    }
    node = new Node(prepared, host.onEvent === undefined ? {} : { onEvent: host.onEvent });
    node.events.once('settled', () => host.onSettled?.());
    const stopRequested = waitForStop(node, host);
    await startUnlessStopped(node);
    host.onUp?.(isFrugal(settings));
    await stopRequested;
    await node.stop();
    if (node.failure === undefined) return 0;
    host.err(fatalText(node.failure));
    return 1;
  } catch (thrown) {
    host.err(describeFailure(thrown));
    return 1;
  } finally {
    await node?.stop();
  }
}

/** A node that is asked to stop while it starts stops at once. @throws StartError */
async function startUnlessStopped(node: Node): Promise<void> {
  try {
    await node.start();
  } catch (thrown) {
    if (!(thrown instanceof StartInterrupted)) throw thrown;
  }
}

/** Begins to stop the node when it cannot go on, or is asked to stop. */
function waitForStop(node: Node, host: DaemonProcess): Promise<void> {
  return new Promise(resolve => {
    const stop = () => {
      resolve();
      runDetached(node.stop(), host.err);
    };
    node.events.once('stopRequested', stop);
    host.stopAsked.then(stop);
  });
}

function versionText(): string {
  return `Blocksmith daemon version v${VERSION} (rules and RPC of Bitcoin Core 28.1)\nDistributed under the MIT software license.`;
}

function helpPage(withDebug: boolean): string {
  const usage = 'Usage:  blocksmithd [options]                     Start the node\n';
  return `Blocksmith daemon version v${VERSION}\n\n${usage}\n${helpText(DAEMON_OPTIONS, withDebug)}`;
}
