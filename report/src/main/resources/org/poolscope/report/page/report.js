'use strict';
/* The report as one file: everything is in the page already. */
(() => {
  const data = JSON.parse(document.getElementById('case').textContent);
  const { el } = page;
  const parts = sections.all(data);
  document.body.append(
    el('a', { class: 'skip', href: '#findings', text: 'Skip to the findings' }),
    el('header', { class: 'wrap' }, el('div', { class: 'top' }, el('span', { class: 'name', text: 'Poolscope' }), el('span', { class: 'case', title: data.case, text: data.case }), page.theme())),
    el('main', null, el('div', { class: 'wrap' }, sections.verdict(data)), sections.nav(parts), el('div', { class: 'wrap' }, parts)),
    el('footer', { class: 'wrap' }, el('div', { class: 'foot', text: 'Made by ' + data.madeBy + '. Everything this report shows is in this file; it loads nothing and sends nothing.' })));
  const links = new Map(Array.from(document.querySelectorAll('nav.parts a')).map(link => [link.getAttribute('href').slice(1), link]));
  const watcher = new IntersectionObserver(seen => seen.filter(one => one.isIntersecting).forEach(one =>
    links.forEach((link, id) => id === one.target.id ? link.setAttribute('aria-current', 'true') : link.removeAttribute('aria-current'))), { rootMargin: '-10% 0px -75% 0px' });
  parts.forEach(one => watcher.observe(one));
  let folded = [];
  addEventListener('beforeprint', () => {
    folded = Array.from(document.querySelectorAll('.finding details:not([open])'));
    folded.forEach(one => { one.open = true; });
  });
  addEventListener('afterprint', () => folded.forEach(one => { one.open = false; }));
})();
