import type { RpcMethod } from './method.js';
import { isOptional, type Param } from './param.js';

/** The help text of one method: usage line, description, arguments, result, examples, in Core's layout. */
export function methodHelp(method: RpcMethod): string {
  const parts = [usageLine(method), '', method.description.trim(), ''];
  const params = shown(method);
  if (params.length > 0) {
    parts.push('Arguments:');
    params.forEach((param, index) => {
      parts.push(...describeParam(param, `${index + 1}. `, 0));
    });
    parts.push('');
  }
  if (method.result !== '') parts.push('Result:', method.result.trim(), '');
  if (method.examples !== undefined && method.examples.length > 0) {
    parts.push('Examples:', ...method.examples.flatMap(example => exampleLines(method.name, example)));
  }
  return `${parts.join('\n').trimEnd()}\n`;
}

function shown(method: RpcMethod): Param[] {
  return method.params.filter(param => param.hidden !== true);
}

/** `name required ( optional )`, the first line of help. */
export function usageLine(method: RpcMethod): string {
  let line = method.name;
  let open = false;
  for (const param of shown(method)) {
    const optional = isOptional(param);
    if (optional !== open) line += optional ? ' (' : ' )';
    open = optional;
    line += ` ${usageName(param)}`;
  }
  return open ? `${line} )` : line;
}

/** All methods, grouped by category, one usage line each. */
export function overview(methods: Iterable<RpcMethod>): string {
  const groups = new Map<string, string[]>();
  const sorted = [...methods].sort((a, b) => (a.category + a.name < b.category + b.name ? -1 : 1));
  for (const method of sorted) {
    if (method.category === 'Hidden') continue;
    const lines = groups.get(method.category) ?? [];
    lines.push(usageLine(method));
    groups.set(method.category, lines);
  }
  return [...groups].map(([category, lines]) => [`== ${category} ==`, ...lines].join('\n')).join('\n\n');
}

function usageName(param: Param): string {
  if (param.usage !== undefined) return param.usage;
  switch (param.type) {
    case 'string':
    case 'hex':
      return `"${param.name}"`;
    case 'array':
      return `[${param.name},...]`;
    case 'object':
    case 'named-options':
      return param.members === undefined
        ? `{"${param.name}"}`
        : `{"${param.members[0]?.name ?? param.name}":...}`;
    default:
      return param.name;
  }
}

const TYPE_NAMES: Readonly<Record<Param['type'], string>> = {
  string: 'string',
  hex: 'string',
  number: 'numeric',
  bool: 'boolean',
  amount: 'numeric or string',
  range: 'numeric or array',
  array: 'json array',
  object: 'json object',
  'named-options': 'json object',
  any: 'json',
  'text-or-json': 'json',
};

function describeParam(param: Param, prefix: string, depth: number): string[] {
  const need =
    param.default !== undefined
      ? `optional, default=${JSON.stringify(param.default)}`
      : param.optional
        ? 'optional'
        : 'required';
  const indent = '     '.repeat(depth);
  const label = `${prefix}${depth > 0 ? `"${param.name}"` : param.name}`;
  const lines = [
    `${indent}${label.padEnd(22)} (${TYPE_NAMES[param.type]}, ${need}) ${param.description}`.trimEnd(),
  ];
  for (const member of param.members ?? []) lines.push(...describeParam(member, '', depth + 1));
  return lines;
}

/** An example is the argument part of a command line; it is shown for the CLI and for curl. */
function exampleLines(method: string, example: string): string[] {
  const params = example === '' ? '' : shellWords(example).map(toJsonArgument).join(', ');
  return [
    `> blocksmith-cli ${method} ${example}`.trimEnd(),
    `> curl -u user http://127.0.0.1:8332/ -H 'Content-Type: application/json' -d '{"jsonrpc": "2.0", "id": 1, "method": "${method}", "params": [${params}]}'`,
  ];
}

function shellWords(line: string): string[] {
  return (line.match(/'[^']*'|"[^"]*"|\S+/g) ?? []).map(word =>
    word.startsWith("'") ? word.slice(1, -1) : word,
  );
}

function toJsonArgument(word: string): string {
  return /^(?:[[{"]|-?[0-9.]+$|true$|false$|null$)/.test(word) ? word : JSON.stringify(word);
}
