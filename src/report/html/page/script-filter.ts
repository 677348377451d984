/**
 * The part of the HTML report's script that filters conversations, so that only those with one word of `kindsOf` are shown, such as `failed` or
 * `slow`. Does nothing for fewer than two conversations, or when none has such a word.
 */
export const FILTER = `
const talks = [...document.querySelectorAll('.talk[data-kinds]')];
const kindsIn = (talk) => talk.dataset.kinds.split(' ').filter((kind) => kind !== '');

function startFilter(counts) {
  const tools = document.createElement('div');
  tools.className = 'tools';
  const label = document.createElement('label');
  label.append('Show ');
  const select = document.createElement('select');
  const option = (value, text) => {
    const element = document.createElement('option');
    element.value = value;
    element.textContent = text;
    select.append(element);
  };
  option('', 'all conversations (' + talks.length + ')');
  for (const [kind, count] of counts) option(kind, 'those with ' + kind + ' (' + count + ')');
  label.append(select);
  tools.append(label);
  const rows = [...document.querySelectorAll('#conversations tbody tr')];
  const talkOf = (row) => document.getElementById(row.querySelector('a').hash.slice(1)).closest('.talk');
  function apply() {
    for (const talk of talks) talk.hidden = select.value !== '' && !kindsIn(talk).includes(select.value);
    for (const row of rows) row.hidden = talkOf(row).hidden;
  }
  select.addEventListener('change', apply);
  // A link may lead to one that is not shown.
  addEventListener('hashchange', () => {
    const place = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const talk = place === null ? null : place.closest('.talk');
    if (talk === null || !talk.hidden) return;
    select.value = '';
    apply();
    talk.open = true;
    place.scrollIntoView();
  });
  document.querySelector('#conversations .scroll').before(tools);
}

const kindCounts = new Map();
for (const talk of talks) for (const kind of kindsIn(talk)) kindCounts.set(kind, (kindCounts.get(kind) || 0) + 1);
if (talks.length > 1 && kindCounts.size > 0) startFilter([...kindCounts].sort());
`
