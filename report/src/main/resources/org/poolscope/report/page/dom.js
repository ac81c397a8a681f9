'use strict';
/* What every page needs: elements made without markup, and figures as people read them. */
const page = {};
page.el = (name, attributes, ...children) => {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (key === 'text') made.textContent = value;
    else if (key.startsWith('on')) made.addEventListener(key.slice(2), value);
    else made.setAttribute(key, value === true ? '' : value);
  }
  for (const child of children.flat(9)) {
    if (child !== null && child !== undefined && child !== false) made.append(child);
  }
  return made;
};
const grouped = new Intl.NumberFormat('en-US');
page.count = n => n === null || n === undefined ? '–' : grouped.format(n);
page.bytes = n => {
  if (n === null || n === undefined) return '–';
  if (n === 0) return '0';
  const units = ['bytes', 'KB', 'MB', 'GB', 'TB'];
  let at = 0;
  let value = Math.abs(n);
  while (value >= 1024 && at < units.length - 1) { value /= 1024; at++; }
  return (n < 0 ? '-' : '') + (at === 0 ? value : value >= 100 ? grouped.format(Math.round(value)) : value.toFixed(1)) + ' ' + units[at];
};
page.percent = share => share === null || share === undefined ? '–' : (share * 100).toFixed(share > 0 && share < 0.001 ? 2 : 1) + '%';
page.plural = (n, one, many) => page.count(n) + ' ' + (n === 1 ? one : many);
page.time = text => text === null || text === undefined ? '' : text.replace('T', ' ');
/*
 * Draws again when the width changes; for print as wide as an A4 page with its margins is, since a drawing that is only made smaller has
 * letters nobody can read.
 */
const paper = 672;
page.drawn = (draw, label) => {
  const box = page.el('div', { class: 'drawing' });
  let last = 0;
  const at = width => {
    if (Math.abs(width - last) < 2 || width < 40) return;
    last = width;
    const made = draw(width);
    if (label && made.tagName === 'svg') {
      made.setAttribute('role', 'img');
      made.setAttribute('aria-label', label);
    }
    box.replaceChildren(made);
  };
  new ResizeObserver(seen => requestAnimationFrame(() => at(Math.floor(seen[0].contentRect.width)))).observe(box);
  box.drawAt = at;
  return box;
};
const drawAll = width => document.querySelectorAll('.drawing').forEach(box => box.drawAt(width(box)));
addEventListener('beforeprint', () => drawAll(() => paper));
addEventListener('afterprint', () => drawAll(box => box.clientWidth));
page.copy = text => {
  const button = page.el('button', { type: 'button', class: 'quiet', 'aria-label': 'Copy ' + text, text: 'Copy' });
  const done = worked => {
    button.textContent = worked ? 'Copied' : 'Press Ctrl+C';
    setTimeout(() => { button.textContent = 'Copy'; }, 2000);
  };
  const byHand = () => {
    const field = page.el('textarea', { 'aria-hidden': 'true' });
    field.value = text;
    document.body.append(field);
    field.select();
    let worked = false;
    try { worked = document.execCommand('copy'); } catch { worked = false; }
    field.remove();
    button.focus();
    done(worked);
  };
  button.addEventListener('click', () => {
    if (navigator.clipboard && window.isSecureContext) navigator.clipboard.writeText(text).then(() => done(true), byHand);
    else byHand();
  });
  return button;
};
page.command = text => page.el('div', { class: 'command' }, page.el('code', { text }), page.copy(text));
page.theme = () => {
  const root = document.documentElement;
  const dark = () => root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  const button = page.el('button', { type: 'button', class: 'quiet' });
  const tell = () => { button.textContent = dark() ? 'Light' : 'Dark'; button.setAttribute('aria-label', 'Show in ' + (dark() ? 'light' : 'dark') + ' colours'); };
  button.addEventListener('click', () => { root.dataset.theme = dark() ? 'light' : 'dark'; tell(); });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', tell);
  tell();
  return button;
};
/* A table to sort: columns are {title, value(row), text(row), number, wide, kind}. Long tables show a part until asked for all. */
page.table = (columns, rows, options) => {
  const part = options.part || 100;
  let sorted = options.sort === undefined ? -1 : options.sort;
  let falling = sorted >= 0;
  let all = false;
  let shown = rows;
  const body = page.el('tbody', { class: 'rows' });
  const heads = columns.map((column, i) => page.el('th', { scope: 'col', class: (column.number ? 'n ' : '') + (column.wide ? 'wide' : '') },
    column.value ? page.el('button', { type: 'button', text: column.title, onclick: () => {
      falling = sorted === i ? !falling : Boolean(column.number);
      sorted = i;
      fill();
    } }) : column.title));
  const more = page.el('button', { type: 'button', class: 'quiet more', onclick: () => { all = true; fill(); } });
  const none = page.el('p', { class: 'empty', text: options.empty || 'Nothing here.' });
  const line = row => {
    const made = page.el('tr', { class: options.mark ? options.mark(row) : null }, columns.map(column => {
      const content = column.node ? column.node(row) : column.text(row);
      return page.el('td', { class: [column.number ? 'n' : '', column.wide ? 'wide' : '', column.kind || ''].join(' ').trim() || null }, content);
    }));
    if (options.open) {
      made.classList.add('can');
      made.addEventListener('click', event => { if (!event.target.closest('a,button')) options.open(row); });
    }
    return made;
  };
  const fill = () => {
    if (sorted >= 0) {
      const value = columns[sorted].value;
      const blank = v => v === null || v === undefined || v === '';
      shown = shown.slice().sort((a, b) => {
        const x = value(a);
        const y = value(b);
        if (blank(x) || blank(y)) return blank(x) - blank(y);
        return (x < y ? -1 : x > y ? 1 : 0) * (falling ? -1 : 1);
      });
    }
    heads.forEach((head, i) => i === sorted ? head.setAttribute('aria-sort', falling ? 'descending' : 'ascending') : head.removeAttribute('aria-sort'));
    body.replaceChildren(...(all ? shown : shown.slice(0, part)).map(line));
    more.hidden = all || shown.length <= part;
    more.textContent = 'Show all ' + page.count(shown.length);
    none.hidden = shown.length > 0;
  };
  const box = page.el('div', null,
    page.el('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': options.label },
      page.el('table', null, page.el('caption', { class: 'skip', text: options.label }), page.el('thead', null, page.el('tr', null, heads)), body)), none, more);
  box.show = chosen => { shown = chosen; fill(); };
  fill();
  return box;
};
