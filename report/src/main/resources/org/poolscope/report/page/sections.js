'use strict';
/* The parts of a report, each made from the data of the case. Nothing is decided here: what is in the data is shown. */
const sections = {};
(() => {
  const { el, count, bytes, percent, plural, time } = page;
  const legend = entries => el('ul', { class: 'legend' }, entries.map(([name, text]) => el('li', null, el('i', { class: name }), text)));
  const place = seen => seen.file + (seen.at ? ', ' + seen.at : '');
  const short = { findings: 'Findings', limits: 'Limits', tags: 'Tags', growth: 'Growth', blocks: 'Blocks', contents: 'Contents', owners: 'Pointers', namespace: 'Namespace', timeline: 'Timeline', files: 'Files' };
  const part = (id, title, hint, ...content) => el('section', { class: 'part', id, 'data-short': short[id], 'aria-labelledby': id + '-title' },
    el('h2', { id: id + '-title', text: title }), hint ? el('p', { class: 'hint', text: hint }) : null, content);

  sections.verdict = data => el('div', { class: 'verdict' + (data.problem ? ' bad' : '') },
    el('p', { class: 'lead', text: data.problem ? 'Verdict' : 'Verdict: no problem found' }), el('h1', { text: data.verdict }));

  const finding = (one, i) => {
    const level = { high: 3, medium: 2, low: 1 }[one.confidence];
    const evidence = one.evidence.length ? el('details', null,
      el('summary', { text: 'Evidence: ' + plural(one.evidence.length, 'place', 'places') }),
      el('ul', { class: 'places' }, one.evidence.map(seen => el('li', null, el('span', { class: 'where', text: place(seen) }),
        seen.text ? el('span', { class: 'evidence', text: seen.text }) : null)))) : null;
    return el('article', { class: 'card finding ' + one.severity },
      el('div', { class: 'marks' }, el('span', { class: 'mark severity', text: one.severity }),
        el('span', { class: 'sure' }, el('span', { class: 'dots', 'aria-hidden': 'true' }, [1, 2, 3].map(n => el('i', { class: n <= level ? 'on' : null }))), one.confidence + ' confidence'),
        one.pool ? el('span', { class: 'mark plain', text: one.pool + ' pool' }) : null,
        one.driver ? el('span', { class: 'mark plain', text: one.driver }) : null),
      el('h3', { text: (i + 1) + '. ' + one.title }),
      one.explanation ? el('p', { class: 'text', text: one.explanation }) : null,
      el('p', { class: 'reason', text: 'Confidence: ' + one.confidence + ', ' + one.confidenceReason + '.' }),
      evidence,
      one.nextSteps.length ? el('ul', { class: 'steps', 'aria-label': 'Next steps' }, one.nextSteps.map(step => el('li', null, step.text, step.command ? page.command(step.command) : null))) : null);
  };
  sections.findings = data => part('findings', 'Findings', null, data.findings.map(finding));

  sections.gauges = show => part('limits', 'Pool use against limits', null, el('div', { class: 'gauges' }, show.gauges.map(gauge =>
    el('div', { class: 'card gauge' + (gauge.high ? ' high' : '') },
      el('div', { class: 'figure' }, el('span', { class: 'what', text: gauge.what }), el('b', { text: gauge.share === null ? bytes(gauge.usedBytes) : percent(gauge.share) })),
      gauge.share === null ? null : (() => {
        const fill = el('i');
        fill.style.width = Math.min(100, gauge.share * 100) + '%';
        return el('div', { class: 'track', role: 'img', 'aria-label': gauge.what + ': ' + percent(gauge.share) + ' of its limit' }, fill);
      })(),
      el('div', { class: 'small', text: bytes(gauge.usedBytes) + ' in use' + (gauge.limitBytes === null ? '; the limit is not known' : ' of ' + bytes(gauge.limitBytes)) }),
      el('div', { class: 'small', text: 'from ' + gauge.source + ' (' + place(gauge.seenAt) + ')' + (gauge.taken ? ', ' + time(gauge.taken) : '') })))));

  const name = table => table.source + ', ' + place(table.seenAt) + (table.taken ? ', ' + time(table.taken) : '');
  const freed = use => use && use.allocs && use.frees !== null ? Math.min(1, use.frees / use.allocs) : null;
  const pools = rows => ['paged', 'nonpaged'].filter(pool => rows.some(row => ((pool === 'paged' ? row.paged : row.nonPaged) || {}).bytes > 0));
  sections.tagRows = table => table.rows.map(row => {
    const use = cells => cells === null ? null : { allocs: cells[0], frees: cells[1], outstanding: cells[2], bytes: cells[3] };
    const driver = row[1] === null ? null : table.drivers[row[1]];
    return { tag: row[0], driver, how: row[2] === null ? null : table.texts[row[2]], description: row[3] === null ? null : table.texts[row[3]],
      nonPaged: use(row[4]), paged: use(row[5]), accused: row[6] === 1 };
  });
  sections.tags = (show, options) => {
    const rows = show.tables.map(sections.tagRows);
    let chosen = 0;
    let pool = null;
    const map = el('div');
    const list = el('div');
    const tell = el('span', { role: 'status', class: 'soft' });
    const draw = () => {
      const has = pools(rows[chosen]);
      if (!has.includes(pool)) {
        const held = kind => d3.sum(rows[chosen], row => row.accused && ((kind === 'paged' ? row.paged : row.nonPaged) || {}).bytes || 0);
        const all = kind => d3.sum(rows[chosen], row => ((kind === 'paged' ? row.paged : row.nonPaged) || {}).bytes || 0);
        pool = has.slice().sort((a, b) => held(b) - held(a) || all(b) - all(a))[0];
      }
      const buttons = has.map(kind => el('button', { type: 'button', class: 'quiet', 'aria-pressed': String(kind === pool), text: kind + ' pool', onclick: () => { pool = kind; draw(); } }));
      map.replaceChildren(el('div', { class: 'bar' }, buttons, el('span', { class: 'soft', text: rows[chosen].some(row => row.accused) ? 'Red: tags a finding accuses.' : '' })),
        has.length ? page.drawn(charts.treemap(rows[chosen], pool), 'Map of ' + pool + ' pool by driver and tag; the table below has the same figures') : '');
      fill();
    };
    const field = el('input', { type: 'search', placeholder: 'Filter by tag, driver or purpose', 'aria-label': 'Filter the tag table', oninput: () => narrow() });
    let table;
    const narrow = () => {
      const word = field.value.toLowerCase();
      const found = rows[chosen].filter(row => !word || row.tag.toLowerCase().includes(word) || (row.driver || '').toLowerCase().includes(word) || (row.description || '').toLowerCase().includes(word));
      table.show(found);
      tell.textContent = plural(found.length, 'tag', 'tags');
    };
    const fill = () => {
      const figure = (title, of, text, wide) => ({ title, number: true, wide, value: of, text: row => text(of(row)) });
      const paged = key => row => row.paged && row.paged[key];
      const nonPaged = key => row => row.nonPaged && row.nonPaged[key];
      const has = pools(rows[chosen]);
      table = page.table([
        { title: 'Tag', kind: 'tag', value: row => row.tag, text: row => row.tag },
        { title: 'Driver', value: row => row.driver, text: row => row.driver || '–' },
        ...(has.includes('paged') ? [figure('Paged', paged('bytes'), bytes), figure('Blocks', paged('outstanding'), count, true), figure('Freed', row => freed(row.paged), percent, true)] : []),
        ...(has.includes('nonpaged') ? [figure('Nonpaged', nonPaged('bytes'), bytes), figure('Blocks', nonPaged('outstanding'), count, true), figure('Freed', row => freed(row.nonPaged), percent, true)] : []),
        { title: 'Purpose', wide: true, value: row => row.description, text: row => row.description || '' }],
        rows[chosen], { label: 'Pool use by tag', part: 25, mark: row => row.accused ? 'accused' : null, sort: has.length === 2 && pool === 'nonpaged' ? 5 : has.length ? 2 : 0, empty: 'No tag matches.', open: options && options.openTag });
      list.replaceChildren(table);
      narrow();
    };
    const choose = show.tables.length > 1 ? el('label', null, 'Table', el('select', { onchange: event => { chosen = event.target.selectedIndex; draw(); } },
      show.tables.map(one => el('option', { text: name(one) })))) : el('span', { class: 'soft', text: name(show.tables[0]) });
    draw();
    return part('tags', 'Pool by tag and driver', null,
      el('div', { class: 'card long' }, el('div', { class: 'bar' }, choose, show.leftOut ? el('span', { class: 'soft', text: 'and ' + plural(show.leftOut, 'more table', 'more tables') + ' in the evidence' }) : null), map,
        el('div', { class: 'bar' }, field, tell), list));
  };

  const pace = ahead => !charts.ranged(ahead) ? '' : ' (' + bytes(Math.round(ahead.lowBytesPerHour)) + ' to ' + bytes(Math.round(ahead.highBytesPerHour)) + ')';
  sections.growth = show => part('growth', 'Growth', 'Bytes outstanding, from table to table.', show.charts.map(chart => {
    const first = chart.totalBytes[0];
    const last = chart.totalBytes[chart.totalBytes.length - 1];
    return el('div', { class: 'card' }, el('h3', { text: chart.pool[0].toUpperCase() + chart.pool.slice(1) + ' pool, ' + plural(chart.times.length, 'table', 'tables') + ' of ' + chart.source }),
      el('p', { class: 'hint', text: time(chart.times[0]) + ' to ' + time(chart.times[chart.times.length - 1]) + ': from ' + bytes(first) + ' to ' + bytes(last) + '.'
        + (chart.lines.some(line => line.forecast && line.accused) ? ' Dashed: how it goes on at this pace' + (chart.lines.some(line => line.accused && line.forecast && charts.ranged(line.forecast)) ? '; shaded: the pace’s 95% confidence range.' : '.') : '') + (chart.exhausted ? ' ' + chart.exhausted : '') }),
      page.drawn(charts.growth(chart), 'Growth of ' + chart.lines.map(line => line.tag).join(', ') + ' in ' + chart.pool + ' pool'),
      el('ul', { class: 'legend' }, chart.lines.map(line => {
        const known = line.bytes.filter(one => one !== null);
        return el('li', null, el('span', { class: 'mono', text: line.tag }), ' ' + bytes(known[0]) + ' → ' + bytes(known[known.length - 1])
          + (line.forecast ? ', ' + line.forecast.shape + ', ' + bytes(Math.round(line.forecast.bytesPerHour)) + ' an hour' + pace(line.forecast) : ''));
      })));
  }));

  sections.blocks = maps => part('blocks', 'Where the blocks lie', 'Pages of the pool by address, from left to right and top to bottom; each cell is filled by what its pages hold.', maps.map(map => el('div', { class: 'card' },
    el('h3', { text: map.pool[0].toUpperCase() + map.pool.slice(1) + ' pool in ' + map.file + ': ' + [map.lostBlocks ? plural(map.lostBlocks, 'lost block', 'lost blocks') : null, map.heldBlocks ? plural(map.heldBlocks, 'accused block', 'accused blocks') + ' still reached' : null].filter(Boolean).join(', ') }),
    el('p', { class: 'hint', text: plural(map.pages, 'page', 'pages') + (map.pagesPerCell > 1 ? ', ' + map.pagesPerCell + ' to a cell' : '') + '; accused: ' + map.tags.map(tag => "'" + tag + "'").join(', ') + '.' }),
    legend([['lost-fill', 'lost: nothing points to them'], ['held-fill', 'accused, and still reached'], ['other-fill', 'other blocks in use'], ['free-fill', 'free']]),
    page.drawn(charts.blocks(map), 'Map of ' + count(map.pages) + ' pages, ' + count(map.lostBlocks) + ' blocks lost and ' + count(map.heldBlocks) + ' held'),
    map.worst.length ? [el('h3', { text: 'The fullest of these pages' }), page.drawn(charts.page(map.worst), 'One page with ' + plural(map.worst.length, 'block', 'blocks'))] : null)));

  const group = kind => ({ pointer: 'k-pointer', UNICODE_STRING: 'k-pointer', constant: 'k-constant', flags: 'k-constant', 'few values': 'k-constant', counter: 'k-number', 'small integer': 'k-number',
    time: 'k-time', 'ASCII text': 'k-text', 'UTF-16 text': 'k-text', leftover: 'k-left' })[kind] || 'k-left';
  sections.hex = (hex, fields, dataLength) => {
    const dump = el('pre', { class: 'hex', tabindex: '0' });
    const at = offset => fields.find(field => offset >= field.offset && offset < field.offset + field.size);
    for (let line = 0; line < hex.length / 2; line += 16) {
      dump.append(el('span', { class: 'offset', text: line.toString(16).padStart(4, '0') + '  ' }));
      let letters = '';
      let run = null;
      for (let i = line; i < line + 16; i++) {
        const gap = i % 8 === 7 ? '  ' : ' ';
        if (i >= hex.length / 2) { dump.append('  ' + gap); continue; }
        const pair = hex.slice(2 * i, 2 * i + 2);
        const field = at(i);
        const code = parseInt(pair, 16);
        letters += code >= 32 && code < 127 ? String.fromCharCode(code) : '.';
        const kind = dataLength && i >= dataLength ? 'k-left' : field ? group(field.kind) : 'k-left';
        if (!run || run.className !== kind) dump.append(run = el('span', { class: kind }));
        run.append(pair + gap);
      }
      dump.append(letters + '\n');
    }
    return dump;
  };
  /* Text is shown as it stands in one block, over the whole run. */
  const instance = (line, contents) => {
    const hex = contents.samples.length ? contents.samples[0].bytes.slice(2 * line.offset, 2 * (line.offset + line.size * line.count)) : '';
    const letters = (hex.match(/../g) || []).map(pair => parseInt(pair, 16)).filter((code, i) => line.kind === 'ASCII text' || i % 2 === 0);
    const text = letters.map(code => code >= 32 && code < 127 ? String.fromCharCode(code) : '').join('');
    return text ? 'for instance ' + text : '';
  };
  const values = (field, line, contents) => {
    if (line.kind.endsWith('text')) return instance(line, contents);
    if (!field || line.count > 1 || line.kind === 'time') return field && field.target ? '' : line.what;
    return field.target && field.distinct === null ? 'many' : field.values.slice(0, 3).map(value => value.value + (field.distinct === 1 || value.count === null ? '' : ' ×' + count(value.count))).join('  ') + (field.distinct !== null && field.distinct > 3 ? '  … ' + count(field.distinct) + ' in all' : '');
  };
  /* Of very many values only those that come first were looked at: their share is about that of all. */
  const share = field => field.targetShare > (field.distinct === null ? 0.99 : 0.999) ? '' : ' (' + (field.distinct === null ? 'about ' : '') + percent(field.targetShare) + ')';
  const leadsTo = (field, line) => !field || !field.target ? '' : line.count > 1 ? line.what : field.target + share(field);
  sections.struct = contents => {
    const first = line => line.field === null ? null : contents.fields[line.field];
    const own = contents.lines.filter(line => line.offset < contents.dataLength);
    const left = contents.lines.filter(line => line.offset >= contents.dataLength);
    const columns = [
      { title: 'Offset', kind: 'mono edge', text: line => '+0x' + line.offset.toString(16).padStart(2, '0') },
      { title: 'Size', number: true, wide: true, text: line => (line.count > 1 ? line.count + ' × ' : '') + line.size },
      { title: 'Holds', node: line => el('span', { class: 'kind ' + group(line.kind), text: line.kind }) },
      { title: 'Values', wide: true, kind: 'mono', text: line => values(first(line), line, contents) },
      { title: 'Leads to', node: line => leadsTo(first(line), line) }];
    const table = (lines, label) => page.table(columns, lines, { label, part: 48, mark: line => group(line.kind) + '-row' + (line.offset >= contents.dataLength ? ' left' : '') });
    return [table(own, "Structure of the blocks of tag '" + contents.tag + "'"),
      left.length ? el('details', null, el('summary', { text: 'Behind byte ' + contents.dataLength + ': what earlier owners of the memory left' }), table(left, 'Leftovers')) : null];
  };
  sections.contents = all => part('contents', 'What the blocks hold', 'The same place in every block, looked at across all of them: what is constant, what is a pointer and where it leads.', all.map((contents, n) => el('div', { class: 'card long' },
    el('h3', { text: "Tag '" + contents.tag + "' in " + contents.file }),
    el('p', { class: 'hint', text: plural(contents.blocks, 'block', 'blocks') + '; ' + count(contents.sampled) + ' of ' + contents.size + ' bytes looked at. The data is ' + contents.dataLength + ' bytes long.' }),
    n === 0 ? sections.struct(contents) : el('details', null, el('summary', { text: 'Structure' }), sections.struct(contents)),
    contents.samples.map((sample, i) => el('details', { open: n + i === 0 }, el('summary', { text: 'A block in full: ' + sample.address + (sample.lost ? ', lost' : '') }),
      sections.hex(sample.bytes, contents.fields, contents.dataLength))))));

  sections.owners = graphs => part('owners', 'Who points where', 'Pointers in all kernel memory of the image, summed up by what stands at the other end.', graphs.map(graph => el('div', { class: 'card' },
    el('h3', { text: "Tag '" + graph.tag + "': " + (graph.pointersIn ? plural(graph.pointersIn, 'pointer', 'pointers') + ' to its ' + plural(graph.blocks, 'block', 'blocks') : 'nothing points to its blocks') }),
    page.drawn(charts.owners(graph), 'Pointers to and from blocks of tag ' + graph.tag + ': from ' + (graph.from.map(edge => edge.what).join(', ') || 'nothing') + '; to ' + (graph.to.map(edge => edge.what).join(', ') || 'nothing')))));

  const node = (one, depth) => {
    const label = [el('span', { class: one.belowLink ? 'below' : null, text: one.name }), one.entries > 1 || one.children.length ? el('span', { class: 'count', text: ' ' + plural(one.entries, 'entry', 'entries') }) : null];
    const more = one.more > 0 ? el('li', { class: 'count', text: 'and ' + plural(one.more, 'more name', 'more names') }) : null;
    return el('li', null, one.children.length || more ? el('details', { open: depth < 5 }, el('summary', null, label), el('ul', null, one.children.map(child => node(child, depth + 1)), more)) : label);
  };
  sections.namespace = show => part('namespace', 'The DFS namespace', null, el('div', { class: 'two' },
    el('div', { class: 'card' }, el('h3', { text: 'As it is: ' + plural(show.entriesNeeded, 'entry would do', 'entries would do') }), el('p', { class: 'hint', text: 'Links as far as they truly reach, with their targets.' }),
      el('ul', { class: 'tree' }, show.asItIs.map(link => el('li', null, el('span', { class: 'mono', text: link.path }), link.inferred ? el('span', { class: 'count', text: ' (inferred)' }) : null,
        el('ul', null, link.targets.slice(0, 8).map(target => el('li', { class: 'to mono', text: '→ ' + target })), link.targets.length > 8 ? el('li', { class: 'count', text: 'and ' + (link.targets.length - 8) + ' more' }) : null))))),
    el('div', { class: 'card' }, el('h3', { text: 'As it was referred: ' + plural(show.entriesHeld, 'entry', 'entries') }),
      el('p', { class: 'hint', text: show.asItIs.some(link => link.inferred) ? 'Red: names below a link, which no referral ought to name.' : 'The names the client was given.' }),
      el('ul', { class: 'tree' }, show.asReferred.map(one => node(one, 0))))));

  sections.timeline = show => part('timeline', 'Timeline', 'The machine’s own time, where UTC is not said; the two are drawn on one axis.' + (show.undated ? ' ' + plural(show.undated, 'event has', 'events have') + ' no time and stand in no place here.' : ''), el('div', { class: 'card' },
    page.drawn(charts.timeline(show.moments), plural(show.moments.length, 'moment', 'moments') + ' from ' + time(show.moments[0].time) + ' to ' + time(show.moments[show.moments.length - 1].time)),
    legend([['lost-fill', 'a sign of the trouble']]),
    el('details', null, el('summary', { text: 'As a list' + (show.leftOut ? ' (the last ' + count(show.moments.length) + ')' : '') }), page.table([
      { title: 'Time', value: one => one.time, text: one => time(one.time) + (one.utc ? ' UTC' : '') },
      { title: 'Kind', wide: true, value: one => one.kind, text: one => one.kind },
      { title: 'What', text: one => one.what },
      { title: 'Where', wide: true, value: one => place(one.seenAt), text: one => place(one.seenAt) }], show.moments, { label: 'Timeline', part: 50, mark: one => one.trouble ? 'accused' : null }))));

  sections.files = data => part('files', 'What was looked at', null, el('div', { class: 'card long' }, page.table([
    { title: 'File', value: file => file.file, text: file => file.file },
    { title: 'Read as', text: file => file.failure ? 'not read: ' + file.failure : file.formats.join(', ') || 'no evidence recognised in it' },
    { title: 'Facts', number: true, wide: true, value: file => file.facts, text: file => count(file.facts) },
    { title: 'Lines not understood', number: true, wide: true, value: file => file.unreadLines, text: file => count(file.unreadLines) }], data.files, { label: 'Files of the case', part: 40 }),
    data.warnings.length ? el('details', null, el('summary', { text: 'Not read or not trusted: ' + plural(data.warnings.length, 'remark', 'remarks') }),
      el('ul', { class: 'places' }, data.warnings.map(warning => el('li', null, el('span', { class: 'where', text: place(warning) + ': ' }), warning.message)))) : null));

  /* All parts of a case in the order of the verdict. */
  sections.all = (data, options) => {
    const of = kind => data.exhibits.filter(one => one.kind === kind);
    const several = (kind, make) => of(kind).length ? [make(of(kind))] : [];
    return [sections.findings(data), ...of('gauges').map(sections.gauges), ...of('tags').map(one => sections.tags(one, options)), ...of('growth').map(sections.growth),
      ...several('blocks', sections.blocks), ...several('contents', sections.contents), ...several('owners', sections.owners),
      ...of('namespace').map(sections.namespace), ...of('timeline').map(sections.timeline), sections.files(data)];
  };
  sections.nav = parts => el('nav', { class: 'parts', 'aria-label': 'Parts of this report' }, el('ul', null, parts.map(one =>
    el('li', null, el('a', { href: '#' + one.id, text: one.dataset.short })))));
})();
