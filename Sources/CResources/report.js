'use strict';
const $ = (id) => document.getElementById(id);
const table = $('cases');
const body = table.tBodies[0];
const head = [...table.tHead.rows[0].cells];
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
function review(row) {
  try {
    return JSON.parse(recall(keyOf(row)) || '{}');
  } catch {
    return {};
  }
}
function change(row, part) {
  keep(keyOf(row), JSON.stringify({ ...review(row), ...part }));
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

function choose(row) {
  if (!row) return;
  if (document.activeElement.matches('input')) document.activeElement.blur();
  if (current) current.removeAttribute('aria-selected');
  current = row;
  row.setAttribute('aria-selected', 'true');
  $('name').textContent = row.dataset.name;
  $('model').textContent = row.dataset.model;
  $('pictures').replaceChildren(...[...row.querySelectorAll('img')].map((small) => {
    const large = new Image();
    large.src = small.src;
    large.alt = small.alt;
    return large;
  }));
  $('remarks').replaceChildren(...[...row.querySelectorAll('.notes li')].map((note) =>
    note.cloneNode(true)));
  show(row);
  row.scrollIntoView({ block: 'nearest' });
}
function step(distance) {
  const rows = [...body.rows];
  choose(rows[Math.min(Math.max(rows.indexOf(current) + distance, 0), rows.length - 1)]);
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
  if (event.target.matches('input')) {
    if (event.key === 'Escape' || event.key === 'Enter') event.target.blur();
    return;
  }
  if (/^[1-5]$/.test(event.key)) change(current, { grade: Number(event.key) });
  else if (event.key === '0' || event.key === 'Backspace') change(current, { grade: null });
  else if (event.key === 'ArrowDown' || event.key === 'ArrowRight') step(1);
  else if (event.key === 'ArrowUp' || event.key === 'ArrowLeft') step(-1);
  else if (event.key === 'Home') step(-body.rows.length);
  else if (event.key === 'End') step(body.rows.length);
  else return;
  event.preventDefault();
});
body.addEventListener('click', (event) => choose(event.target.closest('tr')));
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
for (const row of body.rows) show(row);
count();
choose(body.rows[0]);
