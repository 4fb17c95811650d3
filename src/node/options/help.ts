import type { OptionCategory, OptionSpec } from './table.js';

/** In the order they are shown, which is Core's. */
const TITLES: readonly (readonly [OptionCategory, string])[] = [
  ['options', 'Options:'],
  ['cli', 'Options:'],
  ['connection', 'Connection options:'],
  ['wallet', 'Wallet options:'],
  ['zmq', 'ZeroMQ notification options:'],
  ['debug', 'Debugging/Testing options:'],
  ['chain', 'Chain selection options:'],
  ['relay', 'Node relay options:'],
  ['mining', 'Block creation options:'],
  ['rpc', 'RPC server options:'],
];

const TEXT_WIDTH = 79;
const TEXT_INDENT = 7;

/** The text of `-help`: options by category, with those for debugging only when asked for. */
export function helpText(options: readonly OptionSpec[], withDebug: boolean): string {
  const parts: string[] = [];
  for (const [category, title] of TITLES) {
    const shown = options
      .filter(spec => spec.category === category && !spec.hidden && (withDebug || !spec.debugOnly))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    if (shown.length === 0) continue;
    parts.push(title, '', ...shown.map(describe));
  }
  return parts.join('\n');
}

function describe(spec: OptionSpec): string {
  const usage = spec.value === undefined ? `-${spec.name}` : `-${spec.name}=${spec.value}`;
  const note = spec.noEffect ? `${spec.help}. Accepted, without effect` : spec.help;
  return `  ${usage}\n${wrap(note)}\n`;
}

function wrap(text: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > TEXT_WIDTH - TEXT_INDENT) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].map(content => ' '.repeat(TEXT_INDENT) + content).join('\n');
}
