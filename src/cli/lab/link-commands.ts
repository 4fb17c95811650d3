import type { Command } from 'commander';
import type { LinkStatus } from '../../../regtest/control/protocol.js';
import type { LinkConditions } from '../../../regtest/links/conditions.js';
import { type AskOptions, ask, forRunningLab } from './ask.js';
import { parseGroup, positiveNumber } from './parsers.js';
import { columns } from './terminal.js';

/** Adds the commands about what lies between the nodes of a running lab. */
export function addLinkCommands(program: Command): void {
  addPartition(program);
  addHeal(program);
  addJoining(program, 'connect', 'connect two nodes, beside the connections of the topology');
  addJoining(program, 'disconnect', 'disconnect two nodes, until heal or connect');
  addLink(program);
}

function addPartition(program: Command): void {
  forRunningLab(
    program
      .command('partition')
      .description('cut all connections between groups of nodes; nodes in no group form one more')
      .argument('<groups...>', 'nodes with commas between them', parseGroup),
    ['partition 0,1 2,3', 'partition node3'],
  ).action((groups: readonly (readonly string[])[], options: AskOptions) =>
    ask(options, async ({ lab, terminal }) => {
      const result = await lab.call('partition', { groups });
      terminal.say(
        groups.length === 1
          ? 'This group and all other nodes no longer see each other.'
          : `These ${groups.length} groups no longer see each other; nodes in none of them form one more.`,
      );
      return result;
    }),
  );
}

function addHeal(program: Command): void {
  forRunningLab(program.command('heal').description('restore the connections of the topology'), [
    'heal',
  ]).action((options: AskOptions) =>
    ask(options, async ({ lab, terminal }) => {
      const result = await lab.call('heal', {});
      terminal.say('The network is one again.');
      return result;
    }),
  );
}

function addJoining(program: Command, name: 'connect' | 'disconnect', description: string): void {
  forRunningLab(
    program.command(name).description(description).argument('<a>', 'node').argument('<b>', 'node'),
    [`${name} 0 2`],
  ).action((a: string, b: string, options: AskOptions) =>
    ask(options, async ({ lab, terminal }) => {
      const result = await lab.call(name, { a, b });
      terminal.say(lineOf(result).join('  '));
      return result;
    }),
  );
}

interface LinkOptions extends AskOptions {
  readonly latency?: number;
  readonly jitter?: number;
  readonly bandwidth?: number;
  readonly loss?: number;
  readonly down?: boolean;
  readonly up?: boolean;
}

function addLink(program: Command): void {
  // Limits are the lab's: it names them.
  const number = positiveNumber(Number.MAX_SAFE_INTEGER, true);
  forRunningLab(
    program
      .command('link')
      .description('change what lies between two nodes, or between all; without options it is told')
      .argument('[a]', 'node')
      .argument('[b]', 'node')
      .option('--latency <milliseconds>', 'time that bytes are under way, one way', number)
      .option('--jitter <milliseconds>', 'up to so much more, drawn anew for every piece', number)
      .option('--bandwidth <kilobits>', 'a second, in each direction; 0 for no limit', number)
      .option('--loss <share>', 'of packets that are lost, and sent again', number)
      .option('--down', 'break the connection, and refuse new ones')
      .option('--up', 'let it be restored'),
    ['link 0 1 --latency 200 --loss 0.05', 'link --latency 50', 'link 0 1 --down', 'link'],
  ).action((a: string | undefined, b: string | undefined, options: LinkOptions, command: Command) => {
    if (options.down === true && options.up === true) command.error('error: --down or --up, not both');
    if (a !== undefined && b === undefined) command.error('error: a link is between two nodes');
    return ask(options, async ({ lab, terminal }) => {
      const nodes = a === undefined || b === undefined ? {} : { a, b };
      const result = await lab.call('link', { ...nodes, ...changesIn(options) });
      const head = ['nodes', 'latency', 'jitter', 'kbit/s', 'loss', ''];
      for (const line of columns([head, ...result.links.map(lineOf)])) terminal.say(line);
      return result;
    });
  });
}

function changesIn({ latency, jitter, bandwidth, loss, down, up }: LinkOptions): Partial<LinkConditions> {
  return {
    ...(latency === undefined ? {} : { latencyMs: latency }),
    ...(jitter === undefined ? {} : { jitterMs: jitter }),
    ...(bandwidth === undefined ? {} : { bandwidthKbps: bandwidth }),
    ...(loss === undefined ? {} : { loss }),
    ...(down === true || up === true ? { down: down === true } : {}),
  };
}

function lineOf({ nodes, conditions, connected }: LinkStatus): string[] {
  const { latencyMs, jitterMs, bandwidthKbps, loss, down } = conditions;
  return [
    nodes.join(' – '),
    `${latencyMs} ms`,
    `${jitterMs} ms`,
    bandwidthKbps === 0 ? 'no limit' : String(bandwidthKbps),
    `${loss * 100} %`,
    down ? 'down' : connected ? 'connected' : 'not connected',
  ];
}
