'use strict';
/*
 * A list of any length of which only the rows in view exist. Browsers end pages at some tens of millions of pixels, so of very long
 * lists the scroll bar stands for a share of the whole; wheel and keys still move by rows.
 *
 * At most one picture a frame is made, and rows that stay in view stay as they are. Nothing is measured while drawing: how high the box
 * is, its observer tells. Rows come in pieces, at most two asked for at a time; of all that is passed by while the bar is dragged,
 * nothing is asked for, and the piece that is scrolled towards is there before it is needed.
 */
page.list = (total, fetchRows, draw, label) => {
  const high = 28;
  const longest = 8e6;
  const pieceRows = 100;
  const mostPieces = 80;
  const mostAsked = 2;
  const { el } = page;
  const rows = el('div', { class: 'rows' });
  const space = el('div');
  const box = el('div', { class: 'list', tabindex: '0', role: 'region', 'aria-label': label }, rows, space);
  const status = el('p', { class: 'hint', role: 'status' });
  const scaled = total * high > longest;
  const virtual = Math.min(total * high, longest);
  const pieces = new Map();
  const asked = new Set();
  let drawn = new Map();
  let height = 0;
  let first = 0;
  let before = 0;
  let put = NaN;
  let frame = 0;
  let told = '';
  const inView = () => Math.max(1, Math.floor(height / high));
  const most = () => Math.max(0, total - inView());
  const bottom = () => Math.max(1, virtual - height);
  const rowAt = i => {
    const piece = pieces.get(Math.floor(i / pieceRows));
    return piece ? piece[i % pieceRows] : null;
  };
  /* What is in view first, then the neighbour on the side that the list moves to. */
  const wanted = () => {
    const last = Math.min(total, first + inView() + 1) - 1;
    const from = Math.floor(first / pieceRows);
    const to = Math.floor(Math.max(first, last) / pieceRows);
    const ahead = first >= before ? to + 1 : from - 1;
    const all = [from];
    if (to !== from) all.push(to);
    if (ahead >= 0 && ahead * pieceRows < total) all.push(ahead);
    return all.filter(one => !pieces.has(one) && !asked.has(one));
  };
  const fetchMore = () => {
    for (const one of wanted()) {
      if (asked.size >= mostAsked) return;
      asked.add(one);
      const done = () => { asked.delete(one); later(); };
      fetchRows(one * pieceRows, pieceRows).then(found => {
        pieces.set(one, found);
        if (pieces.size > mostPieces) pieces.delete(pieces.keys().next().value);
        done();
      }, () => setTimeout(done, 1000));
    }
  };
  const paint = () => {
    frame = 0;
    if (!Number.isNaN(put)) box.scrollTop = put;
    const next = new Map();
    const end = Math.min(total, first + inView() + 1);
    for (let i = first; i < end; i++) {
      const row = rowAt(i);
      const known = drawn.get(i);
      next.set(i, known && known.full === Boolean(row) ? known : { full: Boolean(row), node: row ? draw(row) : el('div', { class: 'row', text: '…' }) });
    }
    for (const [i, one] of drawn) if (next.get(i) !== one) one.node.remove();
    let at = rows.firstChild;
    for (const one of next.values()) {
      if (one.node === at) at = at.nextSibling;
      else rows.insertBefore(one.node, at);
    }
    drawn = next;
    const text = total ? page.count(first + 1) + ' to ' + page.count(Math.min(total, first + inView())) + ' of ' + page.count(total) : 'none';
    if (text !== told) { told = text; status.textContent = text; }
    fetchMore();
    before = first;
  };
  const later = () => { if (!frame) frame = requestAnimationFrame(paint); };
  const go = to => {
    first = Math.max(0, Math.min(most(), Math.round(to)));
    put = Math.min(bottom(), scaled ? first / Math.max(1, most()) * bottom() : first * high);
    later();
  };
  box.addEventListener('scroll', () => {
    const top = box.scrollTop;
    if (Math.abs(top - put) < 1) return;
    put = NaN;
    const at = top >= bottom() - 1 ? most() : scaled ? Math.round(top / bottom() * most()) : Math.floor(top / high);
    first = Math.max(0, Math.min(most(), at));
    later();
  }, { passive: true });
  if (scaled) {
    box.addEventListener('wheel', event => { event.preventDefault(); go(first + Math.sign(event.deltaY) * 3); }, { passive: false });
  }
  box.addEventListener('keydown', event => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: inView(), PageUp: -inView(), Home: -total, End: total }[event.key];
    if (step !== undefined && event.target === box) { event.preventDefault(); go(first + step); }
  });
  const settle = seen => {
    height = Math.floor(seen[0].contentRect.height);
    rows.style.height = Math.min(virtual, height) + 'px';
    space.style.height = Math.max(0, virtual - Math.min(virtual, height)) + 'px';
    later();
  };
  new ResizeObserver(seen => requestAnimationFrame(() => settle(seen))).observe(box);
  return el('div', null, box, status);
};
