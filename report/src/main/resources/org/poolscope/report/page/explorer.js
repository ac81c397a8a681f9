'use strict';
/* The live page: asks the server it came from, and draws what it answers. */
(() => {
  const { el, count, bytes, plural } = page;
  const settings = JSON.parse(document.getElementById('case').textContent);
  const token = new URLSearchParams(location.search).get('token') || '';
  const headers = { 'X-Poolscope-Token': token };
  const failed = async answer => {
    let message = 'the server answered ' + answer.status;
    try { message = (await answer.json()).message || message; } catch { /* keep it */ }
    return new Error(message);
  };
  const ask = async (path, options) => {
    const answer = await fetch('/api/' + path, { headers, ...options });
    if (!answer.ok) throw await failed(answer);
    return answer.json();
  };
  let cases = [];
  let current = null;
  const loaded = new Map();
  const main = el('main', { class: 'wrap', id: 'main' });
  const news = el('div', { role: 'status' });
  const say = failure => news.replaceChildren(failure ? el('p', { class: 'failure', text: String(failure.message || failure) }) : '');
  const place = seen => seen.file + (seen.at ? ', ' + seen.at : '');

  /* Cases. */
  const data = async id => {
    if (!loaded.has(id)) {
      const asked = ask('cases/' + id);
      loaded.set(id, asked);
      asked.catch(() => loaded.delete(id));
    }
    return loaded.get(id);
  };
  const choose = el('select', { 'aria-label': 'Case', onchange: () => { current = cases[choose.selectedIndex].id; route(); } });
  const tellCases = () => {
    choose.replaceChildren(...cases.map(one => el('option', { selected: one.id === current, text: one.name + (one.state === 'ready' ? '' : ' (' + one.state + ')') })));
    choose.hidden = cases.length < 2;
  };
  const busy = el('div');
  let known = null;
  const refresh = async () => {
    const before = known;
    cases = (await ask('cases')).cases;
    known = JSON.stringify(cases);
    if (current === null || !cases.some(one => one.id === current)) current = cases.length ? cases[0].id : null;
    tellCases();
    more.hidden = !cases.length;
    const working = cases.find(one => one.state === 'reading');
    busy.replaceChildren(working ? el('div', { class: 'busy', role: 'status' }, 'Reading ' + working.name + ': ' + (working.progress || ''), el('progress', working.total ? { max: working.total, value: working.done, 'aria-label': 'Progress' } : { 'aria-label': 'Progress' })) : '');
    if (before === null || known !== before && !working) route();
    if (working) setTimeout(() => refresh().catch(say), 400);
  };

  /* Files dropped or chosen. */
  const send = (batch, file, tell) => new Promise((done, fail) => {
    if (file.size > settings.mostBytes) {
      fail(new Error(file.name + ' has ' + bytes(file.size) + '; at most ' + bytes(settings.mostBytes) + ' can be dropped here. Name it on the command line instead: poolscope ui ' + file.name));
      return;
    }
    const request = new XMLHttpRequest();
    request.open('PUT', '/api/upload/' + batch + '/' + encodeURIComponent(file.name));
    request.setRequestHeader('X-Poolscope-Token', token);
    request.upload.onprogress = event => tell(event.loaded);
    request.onload = () => {
      if (request.status < 300) done();
      else {
        let message = 'the server answered ' + request.status;
        try { message = JSON.parse(request.responseText).message; } catch { /* keep it */ }
        fail(new Error(message));
      }
    };
    request.onerror = () => fail(new Error(file.name + ' could not be sent: the server refused it or has ended'));
    request.send(file);
  });
  const take = async files => {
    say(null);
    const all = Array.from(files);
    if (!all.length) return;
    const batch = Array.from(crypto.getRandomValues(new Uint8Array(8)), one => one.toString(16).padStart(2, '0')).join('');
    const bar = el('progress', { max: 1, value: 0, 'aria-label': 'Sent' });
    const words = el('span');
    busy.replaceChildren(el('div', { class: 'busy' }, words, bar));
    const sum = all.reduce((n, file) => n + file.size, 0) || 1;
    let before = 0;
    try {
      for (const file of all) {
        words.textContent = 'Sending ' + file.name + ' …';
        await send(batch, file, sent => { bar.value = (before + sent) / sum; });
        before += file.size;
      }
      const made = await ask('cases', { method: 'POST', headers: { ...headers, 'Content-Type': 'application/json' }, body: JSON.stringify({ batch }) });
      current = made.id;
      location.hash = '#/';
    } catch (failure) {
      say(failure);
    }
    busy.replaceChildren();
    await refresh();
  };
  const dropping = small => {
    const chooser = el('input', { type: 'file', multiple: true, 'aria-label': 'Choose files of evidence', onchange: event => take(event.target.files) });
    const box = el('div', { class: 'drop' + (small ? ' small' : '') }, small ? 'Drop files of another machine here, or ' : el('p', { text: 'Drop the evidence of one machine here: dumps, listings, logs, events, captures, drivers.' }), chooser);
    box.addEventListener('dragover', event => { event.preventDefault(); box.classList.add('over'); });
    box.addEventListener('dragleave', () => box.classList.remove('over'));
    box.addEventListener('drop', event => { event.preventDefault(); box.classList.remove('over'); take(event.dataTransfer.files); });
    return box;
  };

  /* Doors: each answers one part of the address behind #. */
  const link = (to, text, kind) => el('a', { href: '#/' + to, class: kind, text });
  const at = address => 'at/' + address;
  const card = (...content) => el('div', { class: 'card long' }, content);
  const title = (text, hint) => [el('h1', { text, class: 'title' }), hint ? el('p', { class: 'hint', text: hint }) : null];
  const targeted = text => (text.match(/0x[0-9a-f]{6,16}/) || [])[0];

  const report = async () => {
    const found = await data(current);
    const parts = sections.all(found, { openTag: found.images.length ? row => { location.hash = '#/blocks?tag=' + encodeURIComponent(row.tag); } : null });
    return [sections.verdict(found), sections.nav(parts), parts];
  };

  const blocks = async query => {
    const found = await data(current);
    if (!found.images.length) return [title('Blocks'), el('p', { class: 'empty', text: 'This case has no image whose pool blocks can be read.' })];
    const image = Number(query.get('image') || 0);
    const pick = { tag: query.get('tag') || '', pool: query.get('pool') || '', state: query.get('state') || '' };
    const path = 'cases/' + current + '/images/' + image + '/blocks?' + new URLSearchParams(pick);
    const first = await ask(path + '&from=0&count=100');
    const go = () => {
      const chosen = new URLSearchParams();
      for (const [key, field] of Object.entries(fields)) if (field.value) chosen.set(key, field.value);
      if (image) chosen.set('image', image);
      location.hash = '#/blocks?' + chosen;
    };
    const menu = (name, values) => el('select', { 'aria-label': name, onchange: go }, values.map(value => el('option', { value, selected: value === pick[name], text: value || 'any ' + name })));
    const fields = {
      tag: el('input', { type: 'search', value: pick.tag, placeholder: 'Tag; ? for any character', 'aria-label': 'Tag pattern' }),
      pool: menu('pool', ['', 'paged', 'nonpaged']), state: menu('state', ['', 'allocated', 'free', 'lookaside'])
    };
    const list = page.list(first.total, async (from, some) => (from === 0 ? first : await ask(path + '&from=' + from + '&count=' + some)).rows, row => el('div', { class: 'row' },
      link(at(row.address), row.address), el('span', { text: bytes(row.size) }), el('span', { text: row.tag }), el('span', { text: row.state }), el('span', { text: row.pool }),
      el('span', { class: row.lost ? 'lost' : null, text: row.lost ? 'lost' : '' })), 'Blocks');
    return [title('Blocks', plural(first.total, 'block', 'blocks') + ' in ' + found.images[image] + (pick.tag ? ' of tag ' + pick.tag : '')),
      card(el('form', { class: 'bar', onsubmit: event => { event.preventDefault(); go(); } }, fields.tag, fields.pool, fields.state, el('button', { class: 'quiet', text: 'Show' }),
        pick.tag && !/[?*]/.test(pick.tag) ? link('profile?tag=' + encodeURIComponent(pick.tag), 'What these blocks hold') : null), list)];
  };

  const profile = async query => {
    const tag = query.get('tag');
    const contents = await ask('cases/' + current + '/images/' + Number(query.get('image') || 0) + '/profile?tag=' + encodeURIComponent(tag));
    return [title('What blocks of ' + tag + ' hold'), sections.contents([contents])];
  };

  const object = async (query, address) => {
    const image = Number(query.get('image') || 0);
    const base = 'cases/' + current + '/images/' + image + '/at/' + address;
    const found = await ask(base);
    const block = found.block;
    const who = el('div');
    const search = el('button', { type: 'button', class: 'quiet', text: 'Who points here?', onclick: async () => {
      who.replaceChildren(el('p', { class: 'hint', text: 'Searching all kernel memory …' }));
      try {
        const refs = await ask(base + '/refs');
        who.replaceChildren(!refs.rows.length ? el('p', { text: 'Nothing in the image points here.' }) : el('p', { class: 'hint', text: plural(refs.rows.length, 'pointer leads', 'pointers lead') + ' here' + (refs.more ? ', and more' : '') + '.' }), !refs.rows.length ? '' : page.table([
          { title: 'From', kind: 'mono', value: row => row.from, node: row => link(at(row.from), row.from) },
          { title: 'What stands there', value: row => row.fromWhat, text: row => row.fromWhat || 'not known' },
          { title: 'To offset', number: true, wide: true, value: row => row.offset, text: row => '+0x' + Number(row.offset).toString(16) }], refs.rows, { label: 'Who points here', empty: 'Nothing in the image points here.' }));
      } catch (failure) { who.replaceChildren(el('p', { class: 'failure', text: failure.message })); }
    } });
    const words = page.table([
      { title: 'Offset', kind: 'mono', text: word => '+0x' + word.offset.toString(16).padStart(2, '0') },
      { title: 'Value', kind: 'mono', node: word => word.target ? link(at(word.value), word.value) : word.value },
      { title: 'Leads to', text: word => word.target || '' }], found.words, { label: 'Words of the block', part: 64, empty: 'Its bytes are not in the image.' });
    return [title(block ? "Block '" + block.tag + "' at " + block.address : 'Address ' + address, found.what || 'nothing is known to stand there'),
      card(block ? el('div', { class: 'marks' }, [block.state, block.pool + ' pool', bytes(block.size), block.kind].map(text => el('span', { class: 'mark plain', text })), block.lost ? el('span', { class: 'mark high', text: 'lost: nothing points to it' }) : null,
        link('blocks?tag=' + encodeURIComponent(block.tag), 'all blocks of this tag')) : null,
      el('div', { class: 'bar' }, search), who, words, el('h2', { text: 'Bytes' }), sections.hex(found.bytes, found.words.map(word => ({ offset: word.offset, size: word.size, kind: word.target ? 'pointer' : 'constant' })), 0)),
      found.page.length ? card(el('h2', { text: 'Its page' }), page.drawn(charts.page(found.page.map(one => ({ ...one, accused: one.address === (block || {}).address }))), 'The page of the block')) : null];
  };

  const drivers = async query => {
    const found = (await ask('cases/' + current + '/drivers')).rows;
    const name = query.get('name');
    if (!name) {
      return [title('Drivers', 'Driver files of this case, and drivers whose code the image holds.'), card(page.table([
        { title: 'Driver', value: row => row.name, node: row => link('drivers?name=' + encodeURIComponent(row.name), row.name) },
        { title: 'From', wide: true, text: row => row.from }, { title: 'Call sites', number: true, value: row => row.sites, text: row => count(row.sites) }], found, { label: 'Drivers', empty: 'No driver’s code is in this case. Drop .sys files beside the rest.' }))];
    }
    const sites = (await ask('cases/' + current + '/callsites?driver=' + encodeURIComponent(name))).rows;
    return [title('Call sites of ' + name), card(page.table([
      { title: 'Address', kind: 'mono', value: row => row.rva, text: row => row.rva }, { title: 'Function', value: row => row.function, text: row => row.function || '' },
      { title: 'Does', value: row => row.operation, text: row => row.operation }, { title: 'Tag', kind: 'tag', value: row => row.tag, text: row => row.tag || '' },
      { title: 'Pool', wide: true, value: row => row.pool, text: row => row.pool || '' }, { title: 'Size', number: true, wide: true, text: row => row.sizes.map(count).join(' or ') },
      { title: 'Calls', wide: true, value: row => row.api, text: row => row.api }], sites, { label: 'Call sites' }))];
  };

  const referrals = async () => {
    const found = (await ask('cases/' + current + '/referrals')).rows;
    return [title('Referrals', 'What was asked and answered in captures, and what caches and listings hold.'), card(page.table([
      { title: 'Where', wide: true, value: row => row.file, text: row => row.file + (row.at ? ', ' + row.at : '') },
      { title: 'Asked for', kind: 'mono', value: row => row.request, text: row => row.request || '' },
      { title: 'Answered', kind: 'mono', value: row => row.path, text: row => row.path || row.status || '' },
      { title: 'Targets', kind: 'mono', node: row => row.targets.map(target => el('div', { text: target })) },
      { title: 'Lives', number: true, wide: true, value: row => row.ttlSeconds, text: row => row.ttlSeconds === null ? '' : count(row.ttlSeconds) + ' s' }], found, { label: 'Referrals', part: 100, empty: 'This case has no DFS referrals.' }))];
  };

  const compare = async query => {
    const tables = [];
    for (const one of cases.filter(each => each.state === 'ready')) {
      const found = await data(one.id);
      const show = found.exhibits.find(each => each.kind === 'tags');
      (show ? show.tables : []).forEach((table, i) => tables.push({ key: one.id + '.' + i, taken: table.taken || '9', name: one.name + ': ' + table.source + ', ' + place(table.seenAt) + (table.taken ? ', ' + page.time(table.taken) : ''), table }));
    }
    tables.sort((a, b) => a.taken < b.taken ? -1 : a.taken > b.taken ? 1 : 0);
    if (tables.length < 2) return [title('Compare'), el('p', { class: 'empty', text: 'Two tables are needed: two snapshots of one machine, or the evidence of two machines. Drop the other here.' })];
    const left = tables.find(one => one.key === query.get('left')) || tables[0];
    const right = tables.find(one => one.key === query.get('right')) || tables.find(one => one !== left);
    const menu = (name, chosen) => el('select', { 'aria-label': name, onchange: event => {
      const next = new URLSearchParams({ left: left.key, right: right.key });
      next.set(name, tables[event.target.selectedIndex].key);
      location.hash = '#/compare?' + next;
    } }, tables.map(one => el('option', { selected: one === chosen, text: one.name })));
    const rows = new Map();
    const add = (table, side) => sections.tagRows(table).forEach(row => {
      const of = ['paged', 'nonPaged'].reduce((n, pool) => n + ((row[pool] || {}).bytes || 0), 0);
      const blocks = ['paged', 'nonPaged'].reduce((n, pool) => n + ((row[pool] || {}).outstanding || 0), 0);
      const made = rows.get(row.tag) || { tag: row.tag, driver: null, left: 0, right: 0, leftBlocks: 0, rightBlocks: 0 };
      made.driver = made.driver || row.driver;
      made[side] = of;
      made[side + 'Blocks'] = blocks;
      rows.set(row.tag, made);
    });
    add(left.table, 'left');
    add(right.table, 'right');
    const signed = n => (n > 0 ? '+' : '') + bytes(n);
    return [title('Compare', 'Bytes of both pools, by tag.'), card(el('div', { class: 'bar' }, menu('left', left), '→', menu('right', right)), page.table([
      { title: 'Tag', kind: 'tag', value: row => row.tag, text: row => row.tag }, { title: 'Driver', wide: true, value: row => row.driver, text: row => row.driver || '–' },
      { title: 'Left', number: true, value: row => row.left, text: row => bytes(row.left) }, { title: 'Right', number: true, value: row => row.right, text: row => bytes(row.right) },
      { title: 'Change', number: true, value: row => row.right - row.left, node: row => el('span', { class: row.right > row.left ? 'worse' : 'better', text: signed(row.right - row.left) }) },
      { title: 'Blocks', number: true, wide: true, value: row => row.rightBlocks - row.leftBlocks, text: row => (row.rightBlocks > row.leftBlocks ? '+' : '') + count(row.rightBlocks - row.leftBlocks) }],
    Array.from(rows.values()), { label: 'Change by tag', sort: 4, part: 60 }))];
  };

  const find = async query => {
    const word = query.get('q') || '';
    const found = await ask('cases/' + current + '/search?q=' + encodeURIComponent(word));
    return [title('Found for ' + word), card(page.table([
      { title: 'What', value: row => row.what, node: row => link(row.kind === 'address' ? at(row.key) : row.kind === 'tag' ? 'blocks?tag=' + encodeURIComponent(row.key) : row.kind === 'driver' ? 'drivers?name=' + encodeURIComponent(row.key) : '', row.what) },
      { title: 'Kind', value: row => row.kind, text: row => row.kind }], found.rows, { label: 'Found', empty: 'Nothing in this case is called so.' }))];
  };

  const doors = { '': report, blocks, profile, at: object, drivers, referrals, compare, find };
  const names = { '': 'Report', blocks: 'Blocks', drivers: 'Drivers', referrals: 'Referrals', compare: 'Compare' };
  const tabs = el('ul', { class: 'doors' });
  let turn = 0;
  const route = async () => {
    const mine = ++turn;
    const [path, rest] = location.hash.replace(/^#\/?/, '').split('?');
    const [door, key] = path.split('/');
    const anchor = document.getElementById(door);
    if (location.hash && !location.hash.startsWith('#/') && anchor) return;
    tabs.replaceChildren(...Object.entries(names).map(([name, text]) => el('li', null, el('a', { href: '#/' + name, 'aria-current': name === door ? 'page' : null, text }))));
    const one = cases.find(each => each.id === current);
    if (!one && cases.length) return;
    if (!one) { main.replaceChildren(dropping(false)); return; }
    if (one.state !== 'ready') { main.replaceChildren(one.state === 'failed' ? el('p', { class: 'failure', text: one.failure }) : ''); return; }
    try {
      const content = await (Object.hasOwn(doors, door) ? doors[door] : report)(new URLSearchParams(rest || ''), key);
      if (mine === turn) { say(null); main.replaceChildren(...content.flat(3).filter(Boolean)); if (door) scrollTo(0, 0); }
    } catch (failure) { if (mine === turn) { main.replaceChildren(); say(failure); } }
  };
  addEventListener('hashchange', route);
  const more = dropping(true);
  const word = el('input', { type: 'search', placeholder: 'Address, tag or driver', 'aria-label': 'Search the case' });
  document.body.append(
    el('a', { class: 'skip', href: '#main', text: 'Skip to the content' }),
    el('header', { class: 'wrap' }, el('div', { class: 'top' }, el('span', { class: 'name', text: 'Poolscope' }), el('span', { class: 'case', text: 'everything stays on this machine' }), page.theme()),
      el('div', { class: 'tools' }, el('nav', { 'aria-label': 'Parts of this page' }, tabs), choose,
        el('form', { role: 'search', onsubmit: event => { event.preventDefault(); location.hash = '#/find?q=' + encodeURIComponent(word.value); } }, word, el('button', { class: 'quiet', text: 'Search' })), more), busy, news),
    main);
  addEventListener('dragover', event => event.preventDefault());
  addEventListener('drop', event => event.preventDefault());
  refresh().catch(say);
})();
