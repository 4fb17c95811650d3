import { useEffect, useState } from 'preact/hooks';

/** A place on the page, as its fragment has it: `#/node/2`. */
export type Route =
  | { readonly view: 'chain' | 'network' | 'attack' | 'time' }
  | { readonly view: 'node' | 'mempool'; readonly node: number }
  | { readonly view: 'block' | 'tx' | 'address'; readonly id: string };

export function parseRoute(hash: string): Route {
  const [view = '', id = ''] = hash.replace(/^#\/?/, '').split('/').map(decodeURIComponent);
  switch (view) {
    case 'network':
    case 'attack':
    case 'time':
      return { view };
    case 'node':
    case 'mempool':
      return { view, node: /^\d{1,4}$/.test(id) ? Number(id) : 0 };
    case 'block':
    case 'tx':
    case 'address':
      return { view, id };
    default:
      return { view: 'chain' };
  }
}

export function hrefOf(route: Route): string {
  if ('id' in route) return `#/${route.view}/${encodeURIComponent(route.id)}`;
  return 'node' in route ? `#/${route.view}/${route.node}` : `#/${route.view}`;
}

export function goTo(route: Route): void {
  location.hash = hrefOf(route);
}

export function useRoute(): Route {
  const [route, setRoute] = useState(() => parseRoute(location.hash));
  useEffect(() => {
    const follow = () => setRoute(parseRoute(location.hash));
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  return route;
}
