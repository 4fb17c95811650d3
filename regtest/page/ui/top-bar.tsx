import { useState } from 'preact/hooks';
import { hrefOf, type Route } from './router.js';
import { SearchBox } from './search-box.js';
import { applyTheme, storedTheme, THEMES, type Theme } from './theme.js';

const TABS: readonly {
  readonly title: string;
  readonly route: Route;
  readonly views: readonly Route['view'][];
}[] = [
  { title: 'Chain', route: { view: 'chain' }, views: ['chain', 'block'] },
  { title: 'Network', route: { view: 'network' }, views: ['network'] },
  { title: 'Nodes', route: { view: 'node', node: 0 }, views: ['node'] },
  { title: 'Mempool', route: { view: 'mempool', node: 0 }, views: ['mempool', 'tx', 'address'] },
  { title: 'Attack', route: { view: 'attack' }, views: ['attack'] },
  { title: 'Time line', route: { view: 'time' }, views: ['time'] },
];

/** The page's name, its views, the search and the theme. */
export function TopBar({ route }: { readonly route: Route }) {
  return (
    <header class="top-bar">
      <button type="button" class="skip" onClick={skipToMain}>
        Skip to the view
      </button>
      <span class="brand">
        <Mark /> Blocksmith
      </span>
      <nav aria-label="Views">
        {TABS.map(tab => (
          <a
            key={tab.title}
            href={hrefOf(tab.route)}
            aria-current={tab.views.includes(route.view) ? 'page' : undefined}
          >
            {tab.title}
          </a>
        ))}
      </nav>
      <SearchBox />
      <ThemeSwitch />
    </header>
  );
}

/** Not a link: the fragment is the route's. */
function skipToMain(): void {
  document.querySelector<HTMLElement>('main h1')?.focus();
}

/** Two blocks, one of them not shown to everybody yet. */
function Mark() {
  return (
    <svg viewBox="0 0 26 12" width="26" height="12" aria-hidden="true">
      <path d="M10 6h6" stroke="currentColor" stroke-width="1.6" />
      <rect x="1" y="1" width="10" height="10" rx="2" fill="currentColor" />
      <rect
        x="15.8"
        y="1.8"
        width="8.4"
        height="8.4"
        rx="1.6"
        fill="none"
        stroke="currentColor"
        stroke-width="1.6"
      />
    </svg>
  );
}

function ThemeSwitch() {
  const [theme, setTheme] = useState<Theme>(storedTheme);
  return (
    <select
      class="theme"
      aria-label="Theme"
      value={theme}
      onChange={event => {
        const chosen = THEMES.find(name => name === event.currentTarget.value) ?? 'system';
        setTheme(chosen);
        applyTheme(chosen);
      }}
    >
      <option value="system">System</option>
      <option value="light">Light</option>
      <option value="dark">Dark</option>
    </select>
  );
}
