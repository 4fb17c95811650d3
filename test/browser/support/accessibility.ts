import type { Page } from 'playwright-core';

/** Least contrast of text with its ground, and of large text (WCAG 2.2, 1.4.3). */
const CONTRAST = 4.5;
const LARGE_CONTRAST = 3;

/**
 * What keeps people from using the page as it is now: controls without a name or out of reach of the keyboard, ids that are there twice, labels of
 * nothing, more or less than one first heading, text that is hard to read. Runs in the page, so it is plain JavaScript.
 */
const CHECK = `(() => {
  const faults = [];
  const seen = element => element.checkVisibility({ visibilityProperty: true });
  const say = element => element.outerHTML.replace(/\\s+/g, ' ').slice(0, 110);

  const nameOf = element => {
    const labelled = (element.getAttribute('aria-labelledby') ?? '').split(' ').map(id => document.getElementById(id)?.textContent ?? '').join('');
    const labels = [...(element.labels ?? [])].map(label => label.textContent).join('');
    const child = element.querySelector?.(':scope > title')?.textContent ?? '';
    return [element.getAttribute('aria-label'), labelled, labels, element.textContent, child, element.title].find(name => name?.trim()) ?? '';
  };
  for (const element of document.querySelectorAll('button, a, input, select, textarea, summary, [role="button"], [role="img"], [tabindex="0"], nav, section'))
    if (seen(element) && nameOf(element).trim() === '') faults.push('has no name: ' + say(element));
  for (const element of document.querySelectorAll('button:enabled, a, input:enabled, select:enabled, summary, [role="button"]'))
    if (seen(element) && element.tabIndex < 0) faults.push('out of reach of the keyboard: ' + say(element));
  for (const svg of document.querySelectorAll('svg'))
    if (seen(svg) && svg.getAttribute('aria-hidden') !== 'true' && !svg.getAttribute('aria-label')) faults.push('drawing without a name: ' + say(svg));

  const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id);
  for (const id of new Set(ids)) if (ids.filter(other => other === id).length > 1) faults.push('id twice: ' + id);
  for (const label of document.querySelectorAll('label'))
    if (label.control === null) faults.push('label of nothing: ' + say(label));
  if (document.querySelectorAll('h1').length !== 1) faults.push('there are ' + document.querySelectorAll('h1').length + ' first headings');
  if (document.documentElement.lang === '') faults.push('the language is not told');

  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const rgba = colour => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = '#000';
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = ([r, g, b, a], [R, G, B]) => [r * a + R * (1 - a), g * a + G * (1 - a), b * a + B * (1 - a), 1];
  const groundOf = element => {
    if (element === null) return [255, 255, 255, 1];
    const own = rgba(getComputedStyle(element).backgroundColor);
    return own[3] > 0.99 ? own : over(own, groundOf(element.parentElement));
  };
  const shapeUnder = text => {
    const shape = text.parentElement.querySelector(':scope > .body, :scope > .disc, :scope > .flag, :scope > circle');
    const fill = shape === null ? 'none' : getComputedStyle(shape).fill;
    return fill === 'none' || fill.startsWith('url') ? undefined : rgba(fill);
  };
  const luminance = colour => {
    const [r, g, b] = colour.map(value => value / 255).map(value => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const element = node.parentElement;
    if (node.data.trim() === '' || !seen(element) || element.closest(':disabled, title, option, .hidden') !== null) continue;
    const style = getComputedStyle(element);
    const isDrawn = element instanceof SVGElement;
    const ground = (isDrawn && shapeUnder(element)) || groundOf(isDrawn ? element.closest('svg').parentElement : element);
    const ink = over(rgba(isDrawn ? style.fill : style.color), ground);
    const [light, dark] = [luminance(ink), luminance(ground)].sort((a, b) => b - a);
    const contrast = (light + 0.05) / (dark + 0.05);
    const size = parseFloat(style.fontSize);
    const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    if (contrast < (isLarge ? ${LARGE_CONTRAST} : ${CONTRAST})) faults.push('contrast ' + contrast.toFixed(2) + ' of "' + node.data.trim().slice(0, 30) + '": ' + say(element));
  }
  return faults;
})()`;

/** Faults in words, none for a page that is as it should be. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  const faults: unknown = await page.evaluate(CHECK);
  return Array.isArray(faults) ? faults.map(String) : ['the check itself went wrong'];
}
