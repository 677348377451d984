/**
 * The part of the HTML report's script that plays conversations: it hides the texts of a transcript, shows them again bit by bit, and scrolls to the
 * new text. The pace is the recorded one, but each pause and each reply lasts 0.1 to 3 s.
 */
export const PLAYER = `
function startPlayer(talk) {
  // Two stages for each turn: its prompt, and its answer.
  const stages = [...talk.querySelectorAll('.turns > li')].flatMap((item) => {
    const text = item.querySelector('.reply pre');
    const node = text === null ? null : text.firstChild;
    const { gap, wait, stream } = item.dataset;
    return [
      { part: item, delay: Number(gap), lasts: 0, node: null, whole: '' },
      { part: item.querySelector('.answer'), delay: Number(wait), lasts: Number(stream), node, whole: node === null ? '' : node.data },
    ];
  });
  const still = matchMedia('(prefers-reduced-motion: reduce)');
  let at = stages.length;
  let timer;

  const tools = document.createElement('div');
  tools.className = 'tools';
  tools.setAttribute('role', 'group');
  tools.setAttribute('aria-label', 'Replay');
  function button(name, does) {
    const element = document.createElement('button');
    element.type = 'button';
    element.textContent = name;
    element.addEventListener('click', does);
    tools.append(element);
    return element;
  }
  const play = button('Play', () => (timer === undefined ? start() : pause()));
  const back = button('Back', () => jump(Math.max(1, at - 1)));
  const step = button('Step', () => jump(at === stages.length ? 1 : at + 1));
  const all = button('Show all', () => jump(stages.length));
  const label = document.createElement('label');
  label.append('Speed ');
  const speed = document.createElement('select');
  for (const [value, name] of [['1', '1×'], ['2', '2×'], ['5', '5×'], ['0', 'instant']]) {
    const option = document.createElement('option');
    option.value = value;
    option.textContent = name;
    speed.append(option);
  }
  label.append(speed);
  const place = document.createElement('output');
  tools.append(label, place);
  talk.querySelector('.turns').before(tools);

  function say() {
    place.textContent = at === stages.length ? 'all ' + stages.length / 2 + ' turns' : 'turn ' + Math.ceil(at / 2) + ' of ' + stages.length / 2;
    back.disabled = at <= 1;
    all.disabled = at === stages.length && timer === undefined;
  }

  // Shows so many stages, each of them whole.
  function show(count) {
    at = count;
    stages.forEach(({ part, node, whole }, index) => {
      part.hidden = index >= count;
      if (node !== null) node.data = whole;
    });
    say();
  }

  function pause() {
    clearTimeout(timer);
    timer = undefined;
    play.textContent = 'Play';
    say();
  }

  function jump(count) {
    pause();
    show(count);
  }

  const paced = (ms) => (speed.value === '0' ? 0 : Math.min(3000, Math.max(100, ms)) / Number(speed.value));
  const later = (does, ms) => {
    timer = setTimeout(does, ms);
  };

  function start() {
    if (at === stages.length) show(0);
    play.textContent = 'Pause';
    next();
  }

  function next() {
    if (at === stages.length) return pause();
    const { part, delay, node, whole } = stages[at];
    if (!part.hidden && node !== null && node.data.length < whole.length) return stream(stages[at]); // paused half-way
    later(() => {
      part.hidden = false;
      part.scrollIntoView({ block: 'nearest' });
      if (node !== null) node.data = '';
      stream(stages[at]);
    }, paced(delay));
    say();
  }

  // The text comes every 40 ms, so that it is whole after the time that the reply took.
  function stream(stage) {
    const { node, whole, lasts } = stage;
    const ticks = still.matches || speed.value === '0' ? 1 : Math.max(1, paced(lasts) / 40);
    if (node !== null) {
      let length = node.data.length + Math.ceil(whole.length / ticks);
      if (whole.charCodeAt(length) >> 10 === 55) length += 1; // never half a character
      node.data = whole.slice(0, length);
      stage.part.scrollIntoView({ block: 'nearest' });
      if (node.data.length < whole.length) return later(() => stream(stage), 40);
    }
    at += 1;
    next();
  }

  talk.addEventListener('toggle', () => {
    if (!talk.open) jump(stages.length);
  });
  tools.addEventListener('keydown', (event) => {
    if (event.target === speed || event.altKey || event.ctrlKey || event.metaKey) return;
    const pressed = event.key === 'ArrowRight' ? step : event.key === 'ArrowLeft' ? back : undefined;
    if (pressed === undefined) return;
    event.preventDefault();
    pressed.click();
  });
  say();
}

for (const talk of document.querySelectorAll('.talk')) startPlayer(talk);
`
