import { CHARTS } from './script-charts.ts'
import { FILTER } from './script-filter.ts'
import { PLAYER } from './script-player.ts'

/**
 * The script of HTML reports: it makes tables sortable, gives charts a cursor and a zoom, plays conversations and filters them, and keeps tables
 * without scroll bars out of the Tab order. Without it a report still shows everything. It inserts text only as text, never as HTML, so untrusted
 * text cannot add elements.
 */
export const SCRIPT = `'use strict';

function sortedBy(rows, at, down) {
  const keyOf = (row) => {
    const cell = row.cells[at];
    if (cell.dataset.value === undefined) return cell.textContent;
    return cell.dataset.value === '' ? null : Number(cell.dataset.value);
  };
  const keyed = rows.map((row) => [keyOf(row), row]);
  keyed.sort(([a], [b]) => {
    if (a === null || b === null) return (a === null) - (b === null);
    const order = typeof a === 'number' ? a - b : String(a).localeCompare(String(b), 'en', { numeric: true });
    return down ? -order : order;
  });
  return keyed.map(([, row]) => row);
}

for (const table of document.querySelectorAll('table[data-sortable]')) {
  const body = table.tBodies[0];
  const original = [...body.rows];
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, at) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = head.textContent;
    head.textContent = '';
    head.append(button);
    const order = head.classList.contains('num') ? ['descending', 'ascending'] : ['ascending', 'descending'];
    button.addEventListener('click', () => {
      const next = order[order.indexOf(head.getAttribute('aria-sort')) + 1];
      for (const other of heads) other.removeAttribute('aria-sort');
      if (next !== undefined) head.setAttribute('aria-sort', next);
      body.append(...(next === undefined ? original : sortedBy(original, at, next === 'descending')));
    });
  });
}

// Only what can be scrolled has to be reached by the keyboard.
const boxes = [...document.querySelectorAll('.scroll')];
const reach = () => {
  for (const box of boxes) box.tabIndex = box.scrollWidth > box.clientWidth ? 0 : -1;
};
reach();
addEventListener('resize', reach);
${CHARTS}${PLAYER}${FILTER}`
