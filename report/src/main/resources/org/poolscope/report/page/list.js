'use strict';
/*
 * A list of any length of which only the rows in view exist. Browsers end pages at some tens of millions of pixels, so of very long
 * lists the scroll bar stands for a share of the whole; wheel and keys still move by rows.
 */
page.list = (total, fetchRows, draw, label) => {
  const high = 28;
  const longest = 8e6;
  const { el } = page;
  const rows = el('div', { class: 'rows' });
  const space = el('div');
  const box = el('div', { class: 'list', tabindex: '0', role: 'region', 'aria-label': label }, rows, space);
  const status = el('p', { class: 'hint', role: 'status' });
  const scaled = total * high > longest;
  const virtual = Math.min(total * high, longest);
  const kept = new Map();
  let first = 0;
  let own = false;
  let wanted = 0;
  const inView = () => Math.max(1, Math.floor(box.clientHeight / high));
  const most = () => Math.max(0, total - inView());
  const show = () => {
    const view = inView() + 1;
    const ask = ++wanted;
    const piece = Math.floor(first / 200);
    const need = [piece, piece + 1].filter(one => one * 200 < Math.min(total, first + view));
    const paint = () => {
      if (ask !== wanted) return;
      const made = [];
      for (let i = first; i < Math.min(total, first + view); i++) {
        const row = (kept.get(Math.floor(i / 200)) || [])[i % 200];
        made.push(row ? draw(row) : el('div', { class: 'row', text: '…' }));
      }
      rows.replaceChildren(...made);
      status.textContent = total ? page.count(first + 1) + ' to ' + page.count(Math.min(total, first + inView())) + ' of ' + page.count(total) : 'none';
    };
    paint();
    for (const one of need) {
      if (!kept.has(one)) {
        kept.set(one, null);
        fetchRows(one * 200, 200).then(found => {
          kept.set(one, found);
          if (kept.size > 60) kept.delete(kept.keys().next().value);
          paint();
        }, () => kept.delete(one));
      }
    }
  };
  const go = to => {
    first = Math.max(0, Math.min(most(), Math.round(to)));
    own = true;
    box.scrollTop = scaled ? first / Math.max(1, most()) * (virtual - box.clientHeight) : first * high;
    show();
  };
  box.addEventListener('scroll', () => {
    if (own) { own = false; return; }
    first = Math.min(most(), scaled ? Math.round(box.scrollTop / Math.max(1, virtual - box.clientHeight) * most()) : Math.floor(box.scrollTop / high));
    show();
  });
  if (scaled) {
    box.addEventListener('wheel', event => { event.preventDefault(); go(first + Math.sign(event.deltaY) * 3); }, { passive: false });
  }
  box.addEventListener('keydown', event => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: inView(), PageUp: -inView(), Home: -total, End: total }[event.key];
    if (step !== undefined && event.target === box) { event.preventDefault(); go(first + step); }
  });
  const settle = () => {
    rows.style.height = Math.min(virtual, box.clientHeight) + 'px';
    space.style.height = Math.max(0, virtual - Math.min(virtual, box.clientHeight)) + 'px';
    show();
  };
  new ResizeObserver(() => requestAnimationFrame(settle)).observe(box);
  return el('div', null, box, status);
};
