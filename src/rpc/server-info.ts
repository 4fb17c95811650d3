import type { RpcServerInfo } from './context.js';
import type { Dispatcher } from './dispatcher.js';
import { methodHelp, overview } from './help.js';
import type { RpcMethod } from './method.js';
import type { Param } from './param.js';

/** What methods like `help` and `getrpcinfo` may know of the server. `steadyMs` is the dispatcher's own. */
export function serverInfo(dispatcher: Dispatcher, steadyMs: () => number): RpcServerInfo {
  return {
    help(command) {
      if (command === '') return overview(dispatcher.all());
      const method = dispatcher.find(command);
      return method === undefined ? `help: unknown command: ${command}` : methodHelp(method);
    },
    argumentTable: () => [...dispatcher.all()].flatMap(argumentsOf),
    *activeCommands() {
      const now = steadyMs();
      for (const { method, startedMs } of dispatcher.activeCommands) {
        yield { method, durationMicros: Math.max(Math.round((now - startedMs) * 1000), 0) };
      }
    },
  };
}

function argumentsOf({ name, params }: RpcMethod) {
  return params.flatMap((param, position) => [
    ...argumentNames(param).map(argument => [name, position, argument, isText(param)] as const),
    ...(param.type === 'named-options' ? (param.members ?? []) : []).flatMap(member =>
      argumentNames(member).map(argument => [name, position, argument, isText(member)] as const),
    ),
  ]);
}

function argumentNames(param: Param): string[] {
  return [param.name, ...(param.aliases ?? [])];
}

/** Text arguments go as they are from the command line; all others are JSON there. */
export function isText(param: Param): boolean {
  return param.type === 'string' || param.type === 'hex' || param.type === 'text-or-json';
}
