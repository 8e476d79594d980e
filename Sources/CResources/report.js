'use strict';
const $ = (id) => document.getElementById(id);
const table = $('cases');
const body = table.tBodies[0];
const head = [...table.tHead.rows[0].cells];
const labels = head.filter((cell) => cell.classList.contains('v'));
let current = null;

// What the reviewer has said so far, kept by case and by the bytes of its segmentation.
const memory = new Map();
function recall(key) {
  try {
    const kept = localStorage.getItem(key);
    return kept === null ? memory.get(key) : kept;
  } catch {
    return memory.get(key);
  }
}
function keep(key, text) {
  memory.set(key, text);
  try {
    localStorage.setItem(key, text);
  } catch {
    $('state').textContent = 'This browser keeps no grades: export before you close the page.';
  }
}
const keyOf = (row) => 'nnx-report/1/' + row.dataset.name + '/' + row.dataset.digest;
const reviews = new Map();
function review(row) {
  if (!reviews.has(row)) {
    let own = {};
    try {
      own = JSON.parse(recall(keyOf(row)) || '{}') || {};
    } catch {
      // Somebody else's words under this key.
    }
    reviews.set(row, own);
  }
  return reviews.get(row);
}
function change(row, part) {
  if (!row) return;
  reviews.set(row, { ...review(row), ...part });
  keep(keyOf(row), JSON.stringify(review(row)));
  show(row);
  count();
}

function show(row) {
  const { grade, segmentation, scan } = review(row);
  const cell = row.querySelector('.grade');
  cell.textContent = grade || '';
  cell.dataset.value = grade || '';
  cell.className = 'grade' + (grade ? ' g' + grade : '');
  if (row !== current) return;
  for (const button of document.querySelectorAll('#grades button')) {
    button.setAttribute('aria-pressed', button.value === String(grade || ''));
  }
  for (const [id, text] of [['onSegmentation', segmentation], ['onScan', scan]]) {
    if (document.activeElement !== $(id)) $(id).value = text || '';
  }
}
function count() {
  const done = [...body.rows].filter((row) => review(row).grade).length;
  $('count').textContent = done + ' of ' + body.rows.length + ' graded';
}

// Pictures of rows far below are made when they come near.
const fill = (row) => {
  for (const image of row.querySelectorAll('img[data-src]')) {
    image.src = image.dataset.src;
    image.removeAttribute('data-src');
  }
};
const near = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    fill(target);
    near.unobserve(target);
  }
}, { rootMargin: '600px' });

const element = (name, parts, ...children) => {
  const made = Object.assign(document.createElement(name), parts);
  made.append(...children);
  return made;
};

// The slices of a row, below each other in one picture of grey levels and one of labels.
function slices(row) {
  const data = row.querySelector('script.stack');
  if (!data) return null;
  const { view, extent, first, pixel, letters } = data.dataset;
  const numbers = data.dataset.slices.split(' ').map(Number);
  const [grey, overlay] = data.textContent.split(' ').map((text, place) =>
    element('img', { src: 'data:image/png;base64,' + text, alt: place ? '' : view,
      className: place ? 'labels' : '', draggable: false }));
  const frame = element('div', { className: 'frame' }, grey, overlay, ...[...letters].map((letter) =>
    element('span', { className: 'letter', textContent: letter })));
  const side = new Promise((done) => grey.addEventListener('load', () => done(grey.naturalWidth)));
  side.then((pixels) => {
    const length = [1, 2, 5, 10, 20, 50, 100, 200].findLast((mm) => mm / pixel <= pixels / 4) || 1;
    const bar = element('span', { className: 'bar', textContent: length + ' mm' });
    bar.style.width = 100 * length / pixel / pixels + '%';
    frame.append(bar);
  });
  const range = element('input', { type: 'range', min: 0, max: numbers.length - 1,
    ariaLabel: 'Slice' });
  const output = element('output');
  const figure = element('figure', { className: 'slices' }, frame,
    element('figcaption', {}, range, output));
  figure.go = (place) => {
    const own = Math.min(Math.max(place, 0), numbers.length - 1);
    figure.place = own;
    for (const image of [grey, overlay]) {
      image.style.transform = 'translateY(' + -100 * own / numbers.length + '%)';
    }
    range.value = own;
    output.textContent = view + ' ' + numbers[own] + ' of ' + extent;
  };
  figure.go(Number(first));
  range.addEventListener('input', () => figure.go(Number(range.value)));
  let turned = 0;
  frame.addEventListener('wheel', (event) => {
    event.preventDefault();
    turned += event.deltaY;
    if (Math.abs(turned) < 30) return;
    figure.go(figure.place + Math.sign(turned));
    turned = 0;
  }, { passive: false });
  // A finger, or the mouse with its button down, that moves up or down.
  let from = null;
  frame.addEventListener('pointerdown', (event) => {
    [from, figure.moved] = [{ y: event.clientY, place: figure.place }, false];
    frame.setPointerCapture(event.pointerId);
  });
  frame.addEventListener('pointermove', (event) => {
    if (!from) return;
    const distance = event.clientY - from.y;
    if (Math.abs(distance) > 6) figure.moved = true;
    if (figure.moved) {
      figure.go(from.place + Math.round(distance * 1.5 * numbers.length / frame.clientHeight));
    }
  });
  for (const end of ['pointerup', 'pointercancel']) {
    frame.addEventListener(end, () => { from = null; });
  }
  return figure;
}
const large = $('large');
// What is looked at: the slices of the chosen case, or those of them that are enlarged.
const viewer = () => (large.open ? $('stage') : $('pictures')).querySelector('.slices');

function enlarge(picture) {
  if (!picture) return;
  const own = picture.classList.contains('slices') ? slices(current) : picture.cloneNode();
  if (own.go) own.go(picture.place);
  $('stage').dataset.alt = picture.alt || '';
  $('stage').replaceChildren(own);
  if (!large.open) large.showModal();
}

function choose(row) {
  if (!row) return;
  if (document.activeElement.matches('#side input')) document.activeElement.blur();
  if (current) current.removeAttribute('aria-selected');
  current = row;
  row.setAttribute('aria-selected', 'true');
  fill(row);
  $('name').textContent = row.dataset.name;
  $('model').textContent = row.dataset.model;
  const stack = slices(row);
  const pictures = [...row.querySelectorAll('img')].map((small) =>
    element('img', { src: small.src, alt: small.alt }));
  // In place of the same plane's picture.
  const others = stack
    ? pictures.filter(({ alt }) => alt !== row.querySelector('script.stack').dataset.view) : pictures;
  $('pictures').replaceChildren(...(stack ? [stack] : []), ...others);
  $('volumes').replaceChildren(...labels.flatMap((label) => {
    const cell = row.cells[label.cellIndex];
    if (!Number(cell.dataset.value)) return [];
    return [element('li', {}, ...[...label.firstChild.childNodes].map((node) => node.cloneNode(true)),
      ' ', ...[...cell.childNodes].map((node) => node.cloneNode(true)))];
  }));
  $('remarks').replaceChildren(...[...row.querySelectorAll('.notes li')].map((note) =>
    note.cloneNode(true)));
  show(row);
  if (large.open) {
    const { alt } = $('stage').dataset;
    enlarge([...$('pictures').children].find((picture) => picture.alt === alt && alt)
      || $('pictures').firstChild);
  }
}
const shownRows = () => [...body.rows].filter((row) => !row.hidden);
function step(distance) {
  const rows = shownRows();
  const place = rows.indexOf(current);
  choose(rows[Math.min(Math.max(place + distance, 0), rows.length - 1)]);
  if (current) current.scrollIntoView({ block: 'nearest' });
}

// What is shown: a state, words, a range of one structure's volume.
const words = new Map();
const others = $('unfinished') ? [...$('unfinished').tBodies[0].rows] : [];
let state = 'all';
function filter() {
  const sought = $('search').value.toLowerCase().split(/\s+/).filter(Boolean);
  const column = labels.length ? labels[Number($('structure').value)].cellIndex : -1;
  const limit = (id) => labels.length && $(id).value.trim() !== ''
    ? Number($(id).value.replace(',', '.')) : NaN;
  const [least, most] = [limit('least'), limit('most')];
  const isRange = !isNaN(least) || !isNaN(most);
  const fits = (row) => {
    if (!words.has(row)) {
      const parts = [row.dataset.name, row.dataset.model,
        ...[...row.querySelectorAll('td.name, .notes li, td.reason')].map((part) => part.textContent)];
      words.set(row, parts.join('\n').toLowerCase());
    }
    return sought.every((word) => words.get(row).includes(word));
  };
  let shown = 0;
  for (const row of body.rows) {
    const value = isRange ? row.cells[column].dataset.value : '';
    const isIn = !isRange
      || (value !== '' && !(Number(value) < least) && !(Number(value) > most));
    const isState = state === 'all' || state === 'done'
      || (state === 'far' && row.querySelector('.far'))
      || (state === 'ungraded' && !review(row).grade);
    row.hidden = !(isState && isIn && fits(row));
    shown += !row.hidden;
  }
  const rowsOfCases = shown;
  for (const row of others) {
    row.hidden = !((state === 'all' || row.dataset.state === state) && !isRange && fits(row));
    shown += !row.hidden;
  }
  table.hidden = !rowsOfCases;
  $('current').hidden = !rowsOfCases;
  if (others.length) $('unfinished').hidden = others.every((row) => row.hidden);
  const total = body.rows.length + others.length;
  $('shown').textContent = shown === total ? '' : shown + ' of ' + total + ' shown';
  if (rowsOfCases && (!current || current.hidden)) choose(shownRows()[0]);
}
// Of many structures the table has room for one: the one chosen.
function column() {
  if (!labels.length) return;
  for (const cell of table.querySelectorAll('.chosen')) cell.classList.remove('chosen');
  const { cellIndex } = labels[Number($('structure').value)];
  for (const row of table.rows) row.cells[cellIndex].classList.add('chosen');
}

// Numbers before nothing, whatever the direction.
function sort(column) {
  const cell = head[column];
  const isUp = cell.getAttribute('aria-sort') !== 'ascending';
  for (const other of head) other.removeAttribute('aria-sort');
  cell.setAttribute('aria-sort', isUp ? 'ascending' : 'descending');
  const isText = cell.dataset.kind === 'text';
  const valued = [...body.rows].map((row) => [row, row.cells[column].dataset.value || '']);
  valued.sort(([, a], [, b]) => {
    if (a === '' || b === '') return (a === '') - (b === '');
    const order = isText
      ? a.localeCompare(b, 'en', { numeric: true }) : Number(a) - Number(b);
    return isUp ? order : -order;
  });
  body.append(...valued.map(([row]) => row));
  if (current) current.scrollIntoView({ block: 'nearest' });
}

// RFC 4180. What the page does not know stays empty.
const quoted = (text) => /[",\r\n]/.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text;
function csv() {
  const columns = table.dataset.columns.split(',');
  const lines = [...body.rows].filter((row) => {
    const { grade, segmentation, scan } = review(row);
    return grade || segmentation || scan;
  }).map((row) => {
    const { grade, segmentation, scan } = review(row);
    const known = {
      Reviewer: $('reviewer').value.trim(), AISegmentation: row.dataset.file,
      LikertScore: String(grade || ''), CommentsAboutAISegmentation: segmentation || '',
      CommentsAboutScan: scan || '',
    };
    return columns.map((column) => quoted(known[column] || '')).join(',');
  });
  return [columns.join(','), ...lines].join('\r\n') + '\r\n';
}
function save() {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([csv()], { type: 'text/csv' }));
  link.download = 'qa-results.csv';
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const isField = event.target.matches('input:not([type=range]), select');
  if (isField) {
    if (event.key === 'Escape' || event.key === 'Enter') event.target.blur();
    return;
  }
  // Buttons have keys of their own.
  if (event.target.matches('button') && [' ', 'Enter'].includes(event.key)) return;
  const across = (distance) => {
    const own = viewer();
    if (own) own.go(own.place + distance); else step(distance);
  };
  if (/^[1-5]$/.test(event.key)) change(current, { grade: Number(event.key) });
  else if (event.key === '0' || event.key === 'Backspace') change(current, { grade: null });
  else if (event.key === 'ArrowDown') step(1);
  else if (event.key === 'ArrowUp') step(-1);
  else if (event.key === 'ArrowRight') across(1);
  else if (event.key === 'ArrowLeft') across(-1);
  else if (event.key === 'Home') step(-body.rows.length);
  else if (event.key === 'End') step(body.rows.length);
  else if (event.key === 'o') document.body.classList.toggle('no-labels');
  else if (event.key === '/') $('search').focus();
  else if (event.key === 'Enter') {
    if (large.open) large.close(); else enlarge($('pictures').firstChild);
  } else return;
  event.preventDefault();
});
$('pictures').addEventListener('click', (event) => {
  const picture = event.target.closest('#pictures > *');
  if (!picture || event.target.closest('figcaption') || picture.moved) return;
  enlarge(picture);
});
large.addEventListener('click', (event) => {
  const own = $('stage').firstChild;
  if (!event.target.closest('figcaption') && !(own && own.moved)) large.close();
});
$('search').addEventListener('input', filter);
for (const id of ['least', 'most']) if ($(id)) $(id).addEventListener('input', filter);
if ($('structure')) $('structure').addEventListener('change', () => { column(); filter(); });
$('states').addEventListener('click', (event) => {
  const button = event.target.closest('button');
  if (!button) return;
  state = button.value;
  for (const other of $('states').querySelectorAll('button')) {
    other.setAttribute('aria-pressed', other === button);
  }
  filter();
});
function theme(name) {
  document.documentElement.dataset.theme = name;
  keep('nnx-report/1/theme', name);
}
const wished = recall('nnx-report/1/theme');
document.documentElement.dataset.theme = wished
  || (matchMedia('(prefers-color-scheme: light)').matches ? 'light' : 'dark');
$('theme').addEventListener('click', () =>
  theme(document.documentElement.dataset.theme === 'light' ? 'dark' : 'light'));
body.addEventListener('click', (event) => {
  choose(event.target.closest('tr'));
  if (matchMedia('(max-width: 700px)').matches) $('current').scrollIntoView();
});
head.forEach((cell, column) => {
  const button = cell.querySelector('button');
  if (button) button.addEventListener('click', () => { sort(column); button.blur(); });
});
$('grades').addEventListener('click', (event) => {
  const button = event.target.closest('button');
  if (!button) return;
  change(current, { grade: Number(button.value) });
  button.blur();
});
for (const [id, part] of [['onSegmentation', 'segmentation'], ['onScan', 'scan']]) {
  $(id).addEventListener('input', () => change(current, { [part]: $(id).value }));
}
$('reviewer').value = recall('nnx-report/1/reviewer') || '';
$('reviewer').addEventListener('input', () =>
  keep('nnx-report/1/reviewer', $('reviewer').value));
$('save').addEventListener('click', () => { save(); $('save').blur(); });
document.body.classList.add('live');
for (const row of body.rows) {
  show(row);
  if (row.querySelector('img[data-src]')) near.observe(row);
}
table.classList.toggle('narrow', labels.length > 8);
if (labels.length) {
  // The first structure of which a volume is marked.
  const far = body.querySelector('.far');
  if (far) $('structure').value = labels.findIndex((label) =>
    label.cellIndex === far.closest('td').cellIndex);
  column();
}
count();
filter();
