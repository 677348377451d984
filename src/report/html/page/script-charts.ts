/**
 * The part of the HTML report's script that makes charts over time interactive. All charts share a cursor (moved by mouse, slider or keys) and a zoom
 * (by dragging or by buttons).
 */
export const CHARTS = `
function startCharts(box) {
  const rows = JSON.parse(document.getElementById('burn-result').textContent).timeline;
  const charts = [...box.querySelectorAll('[data-end]')];
  const end = Number(charts[0].dataset.end);
  const outputs = [...box.querySelectorAll('output[data-of]')];
  const shown = { from: 0, to: end };

  function svg(name, attributes, parent) {
    const element = document.createElementNS('http://www.w3.org/2000/svg', name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    parent.append(element);
    return element;
  }

  function duration(ms) {
    if (ms < 10) return Number(ms.toFixed(2)) + 'ms';
    if (ms < 1000) return Math.round(ms) + 'ms';
    if (ms < 60000) return Number((ms / 1000).toFixed(2)) + 's';
    const seconds = Math.round(ms / 1000);
    const two = (rest, unit) => (rest === 0 ? '' : String(rest).padStart(2, '0') + unit);
    if (seconds < 3600) return Math.floor(seconds / 60) + 'm' + two(seconds % 60, 's');
    const minutes = Math.round(seconds / 60);
    return Math.floor(minutes / 60) + 'h' + two(minutes % 60, 'm');
  }

  function valueText(row, output) {
    let value = row;
    for (const key of output.dataset.of.split('.')) value = value === undefined ? undefined : value[key];
    if (value === undefined) return '–';
    if (output.dataset.unit === 'ms') return duration(value);
    if (output.dataset.unit === 'rate') return Number((value * 1000 / row.lengthMs).toPrecision(3)) + '/s';
    return String(Number(value.toPrecision(3)));
  }

  const tools = document.createElement('div');
  tools.className = 'tools';
  const label = document.createElement('label');
  label.append('Moment ');
  const slider = document.createElement('input');
  slider.type = 'range';
  slider.max = String(rows.length - 1);
  slider.value = slider.max;
  const moment = document.createElement('output');
  label.append(slider, moment);
  tools.append(label);
  const button = (text, action) => {
    const element = document.createElement('button');
    element.type = 'button';
    element.textContent = text;
    element.addEventListener('click', action);
    tools.append(element);
    return element;
  };
  box.prepend(tools);

  const cursors = charts.map((chart) => svg('line', { class: 'cursor', y2: '100%', visibility: 'hidden' }, chart.querySelector('.inner')));
  const brushes = charts.map((chart) => svg('rect', { class: 'brush', height: '100%', visibility: 'hidden' }, chart.querySelector('.inner')));
  const part = (ms) => (ms / end * 100) + '%';

  function point(at) {
    const row = rows[at];
    slider.value = String(at);
    const text = duration(row.atMs) + ', ' + row.phase;
    moment.textContent = text;
    for (const output of outputs) output.textContent = valueText(row, output);
    const first = outputs.slice(0, 4).map((output) => output.parentNode.textContent.trim()).join(', ');
    slider.setAttribute('aria-valuetext', text + ': ' + first);
    for (const cursor of cursors) {
      cursor.setAttribute('x1', part(row.atMs + row.lengthMs / 2));
      cursor.setAttribute('x2', part(row.atMs + row.lengthMs / 2));
      cursor.setAttribute('visibility', 'visible');
    }
  }

  function rowAt(ms) {
    let low = 0;
    let high = rows.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (rows[middle].atMs <= ms) low = middle; else high = middle - 1;
    }
    return low;
  }

  const steps = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 15e3, 3e4, 6e4, 12e4, 3e5, 6e5, 9e5, 18e5, 36e5, 72e5, 144e5, 432e5, 864e5];

  function zoom(from, to) {
    const length = Math.min(end, Math.max(to - from, end / 200));
    shown.from = Math.max(0, Math.min(from, end - length));
    shown.to = shown.from + length;
    const step = steps.find((each) => length / each <= 8) || length / 8;
    for (const chart of charts) {
      const inner = chart.querySelector('.inner');
      inner.setAttribute('x', (-shown.from / length * 100) + '%');
      inner.setAttribute('width', (end / length * 100) + '%');
      const axis = chart.querySelector('.x');
      if (axis === null) continue;
      axis.replaceChildren();
      for (let ms = Math.ceil(shown.from / step) * step; ms <= shown.to; ms += step) {
        const at = (ms - shown.from) / length;
        const look = at < 0.03 ? 'first' : at > 0.97 ? 'last' : '';
        svg('text', { x: (at * 100) + '%', y: '50%', class: look }, axis).textContent = ms === 0 ? '0' : duration(ms);
      }
    }
    const whole = length >= end;
    for (const each of [out, earlier, later, all]) each.disabled = whole;
  }

  function scaled(factor) {
    const length = (shown.to - shown.from) * factor;
    const row = rows[Number(slider.value)];
    const center = factor < 1 ? row.atMs : (shown.from + shown.to) / 2;
    zoom(center - length / 2, center + length / 2);
  }
  const moved = (share) => {
    const by = (shown.to - shown.from) * share;
    zoom(shown.from + by, shown.to + by);
  };
  button('Zoom in', () => scaled(0.5));
  const out = button('Zoom out', () => scaled(2));
  const earlier = button('Earlier', () => moved(-0.5));
  const later = button('Later', () => moved(0.5));
  const all = button('Whole run', () => zoom(0, end));
  zoom(0, end);
  slider.addEventListener('input', () => point(Number(slider.value)));

  for (const chart of charts) {
    const area = chart.querySelector('.area');
    let start;
    const timeAt = (event) => {
      const { left, width } = area.getBoundingClientRect();
      const share = Math.min(1, Math.max(0, (event.clientX - left) / width));
      return shown.from + share * (shown.to - shown.from);
    };
    const span = (event) => [start, timeAt(event)].sort((a, b) => a - b);
    area.addEventListener('pointerdown', (event) => {
      if (event.button !== 0 || event.pointerType === 'touch') return;
      start = timeAt(event);
      area.setPointerCapture(event.pointerId);
      event.preventDefault();
    });
    area.addEventListener('pointermove', (event) => {
      point(rowAt(timeAt(event)));
      if (start === undefined) return;
      const [from, to] = span(event);
      for (const brush of brushes) {
        brush.setAttribute('x', part(from));
        brush.setAttribute('width', part(to - from));
        brush.setAttribute('visibility', 'visible');
      }
    });
    area.addEventListener('pointerup', (event) => {
      if (start === undefined) return;
      const [from, to] = span(event);
      start = undefined;
      for (const brush of brushes) brush.setAttribute('visibility', 'hidden');
      if ((to - from) / (shown.to - shown.from) > 0.01) zoom(from, to);
    });
    area.addEventListener('pointercancel', () => {
      start = undefined;
      for (const brush of brushes) brush.setAttribute('visibility', 'hidden');
    });
    area.addEventListener('dblclick', () => zoom(0, end));
  }
}

for (const box of document.querySelectorAll('.over-time')) startCharts(box);
`
