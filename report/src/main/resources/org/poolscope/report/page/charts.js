'use strict';
/* The pictures, drawn with D3 from the data of the case. Colours stand in the style sheet. */
const charts = {};
charts.svg = (width, height) => d3.create('svg').attr('viewBox', [0, 0, width, height]).attr('width', width).attr('height', height);
/* Clock times of 24 hours, dates at midnight. */
charts.clock = date => (date.getUTCHours() || date.getUTCMinutes() || date.getUTCSeconds()
  ? (date.getUTCSeconds() ? d3.utcFormat('%H:%M:%S') : d3.utcFormat('%H:%M'))
  : date.getUTCDate() > 1 || date.getUTCMonth() ? d3.utcFormat('%-d %b') : d3.utcFormat('%Y'))(date);
/* Round sizes for an axis from zero: steps that are round in KB, MB or GB. */
charts.sizes = (highest, wanted) => {
  let unit = 1;
  while (highest / wanted / unit >= 1024) unit *= 1024;
  const step = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1024].map(one => one * unit).find(one => one >= highest / wanted) || highest;
  return d3.range(0, highest + 1, step);
};
charts.palette = ['#2f5f97', '#3f7350', '#745a9c', '#357583', '#80622f', '#56689a', '#5f7334', '#8a5272', '#44687a', '#6d5f48'];

charts.treemap = (rows, pool) => width => {
  const height = Math.max(260, Math.min(460, Math.round(width * 0.42)));
  const of = row => pool === 'paged' ? row.paged : row.nonPaged;
  const used = rows.map(row => ({ row, bytes: (of(row) || {}).bytes || 0 })).filter(one => one.bytes > 0).sort((a, b) => b.bytes - a.bytes);
  const total = d3.sum(used, one => one.bytes);
  const kept = used.slice(0, 240).filter((one, i) => i < 40 || one.bytes > total / 4000);
  const groups = d3.groups(kept, one => one.row.driver || 'owner not known');
  const rest = used.slice(kept.length);
  if (rest.length) groups.push([page.plural(rest.length, 'smaller tag', 'smaller tags'), [{ row: { tag: '', accused: false }, bytes: d3.sum(rest, one => one.bytes) }]]);
  const root = d3.hierarchy({ children: groups.map(([name, children]) => ({ name, children })) }).sum(one => one.bytes || 0)
    .sort((a, b) => b.value - a.value);
  d3.treemap().size([width, height]).paddingInner(1).paddingOuter(2).paddingTop(node => node.depth === 1 ? 19 : 0).round(true)(root);
  const svg = charts.svg(width, height);
  const fit = (text, room, size) => {
    const most = Math.floor(room / (size * 0.6));
    return text.length <= most ? text : most > 3 ? text.slice(0, most - 1) + '…' : '';
  };
  (root.children || []).forEach((group, i) => {
    const guilty = group.leaves().some(leaf => leaf.data.row.accused);
    const colour = charts.palette[i % charts.palette.length];
    const box = svg.append('g');
    box.append('rect').attr('x', group.x0).attr('y', group.y0).attr('width', group.x1 - group.x0).attr('height', group.y1 - group.y0)
      .attr('rx', 4).style('fill', guilty ? 'var(--critical-soft)' : 'var(--sunk)');
    box.append('text').attr('x', group.x0 + 6).attr('y', group.y0 + 14).style('font-size', '12px').style('font-weight', 600)
      .text(fit(group.data.name + '  ' + page.percent(group.value / total), group.x1 - group.x0 - 8, 12));
    for (const leaf of group.leaves()) {
      const tag = leaf.data.row.tag;
      const cell = svg.append('g');
      cell.append('title').text((tag ? "'" + tag + "' " : '') + group.data.name + ': ' + page.bytes(leaf.value) + ', ' + page.percent(leaf.value / total) + ' of ' + pool + ' pool');
      cell.append('rect').attr('x', leaf.x0).attr('y', leaf.y0).attr('width', Math.max(0, leaf.x1 - leaf.x0)).attr('height', Math.max(0, leaf.y1 - leaf.y0))
        .attr('rx', 2).style('fill', leaf.data.row.accused ? 'var(--lost)' : colour);
      if (leaf.x1 - leaf.x0 > 34 && leaf.y1 - leaf.y0 > 17) {
        cell.append('text').attr('x', leaf.x0 + 5).attr('y', leaf.y0 + 14).style('fill', '#fff').style('font', '600 12px var(--mono)').style('white-space', 'pre').text(fit(tag, leaf.x1 - leaf.x0 - 6, 12));
        if (leaf.y1 - leaf.y0 > 34 && leaf.x1 - leaf.x0 > 52) {
          cell.append('text').attr('x', leaf.x0 + 5).attr('y', leaf.y0 + 29).style('fill', '#fff').style('font-size', '11.5px').text(fit(page.bytes(leaf.value), leaf.x1 - leaf.x0 - 6, 11));
        }
      }
    }
  });
  return svg.node();
};

/* Two tables give a pace, but no range that it may lie in. */
charts.ranged = forecast => forecast.lowBytesPerHour !== null && forecast.highBytesPerHour !== null && Math.round(forecast.lowBytesPerHour) < Math.round(forecast.highBytesPerHour);
charts.growth = chart => width => {
  const narrow = width < 560;
  const height = narrow ? 260 : 320;
  const margin = { top: 16, right: narrow ? 14 : 150, bottom: 30, left: 62 };
  const times = chart.times.map(text => new Date(text + 'Z'));
  /* Drawn on for half of the time seen, or to the limit where that comes first. */
  const last = times[times.length - 1];
  const span = Math.max(3600e3, last - times[0]);
  const forecast = chart.lines.filter(line => line.forecast && line.accused).map(line => {
    const end = chart.exhaustedAt ? Math.min(Math.max(+last, +new Date(chart.exhaustedAt + 'Z')), +last + span / 2) : +last + span / 2;
    const hours = (end - last) / 3600e3;
    const now = line.bytes[line.bytes.length - 1];
    const after = perHour => Math.max(0, now + perHour * hours);
    const ranged = charts.ranged(line.forecast);
    return { tag: line.tag, until: new Date(end), bytes: after(line.forecast.bytesPerHour), low: ranged ? after(line.forecast.lowBytesPerHour) : null, high: ranged ? after(line.forecast.highBytesPerHour) : null,
      total: chart.totalBytes[chart.totalBytes.length - 1] + line.forecast.bytesPerHour * hours };
  }).filter(one => Number.isFinite(one.bytes));
  const ends = forecast.map(one => one.until);
  const svg = charts.svg(width, height);
  const x = d3.scaleUtc().domain(d3.extent(times.concat(ends))).range([margin.left, width - margin.right]);
  const highest = Math.max(d3.max(chart.lines, line => d3.max(line.bytes)) || 1, d3.max(chart.totalBytes) || 1, d3.max(forecast, one => Math.max(one.total, one.high)) || 0);
  const limit = chart.limitBytes !== null && chart.limitBytes <= highest * 3 ? chart.limitBytes : null;
  const y = d3.scaleLinear().domain([0, Math.max(highest, limit || 0) * 1.05]).range([height - margin.bottom, margin.top]);
  svg.append('g').attr('class', 'axis').attr('transform', 'translate(0,' + (height - margin.bottom) + ')').call(d3.axisBottom(x).ticks(narrow ? 4 : 7).tickFormat(charts.clock).tickSizeOuter(0));
  const axis = svg.append('g').attr('class', 'axis').attr('transform', 'translate(' + margin.left + ',0)').call(d3.axisLeft(y).tickValues(charts.sizes(y.domain()[1], 5)).tickFormat(page.bytes).tickSize(0));
  axis.select('.domain').remove();
  axis.selectAll('.tick').append('line').attr('class', 'grid').attr('x2', width - margin.right - margin.left);
  const path = (points, colour, weight, dashed) => svg.append('path').attr('fill', 'none').style('stroke', colour).attr('stroke-width', weight)
    .attr('stroke-dasharray', dashed || null).attr('d', d3.line().defined(p => p[1] !== null)(points));
  const labels = [];
  if (limit) {
    svg.append('line').attr('x1', margin.left).attr('x2', width - margin.right).attr('y1', y(limit)).attr('y2', y(limit)).style('stroke', 'var(--critical)').attr('stroke-dasharray', '6 4');
    labels.push({ y: y(limit), text: 'limit ' + page.bytes(limit), colour: 'var(--critical)' });
  }
  const total = chart.totalBytes.map((bytes, i) => [x(times[i]), y(bytes)]);
  path(total, 'var(--soft)', 1.5);
  labels.push({ y: forecast.length ? y(forecast[0].total) : total[total.length - 1][1], text: 'all tags', colour: 'var(--soft)' });
  chart.lines.forEach((line, i) => {
    const colour = line.accused ? 'var(--lost)' : charts.palette[i % charts.palette.length];
    const points = line.bytes.map((bytes, at) => [x(times[at]), bytes === null ? null : y(bytes)]);
    path(points, colour, line.accused ? 2.6 : 1.8);
    if (points.length < 60) {
      points.filter(p => p[1] !== null).forEach(p => svg.append('circle').attr('cx', p[0]).attr('cy', p[1]).attr('r', 3).style('fill', colour));
    }
    const known = points.filter(p => p[1] !== null).pop();
    const ahead = forecast.find(one => one.tag === line.tag);
    if (known) labels.push({ y: ahead ? y(ahead.bytes) : known[1], text: line.tag, colour, mono: true });
    if (ahead) {
      if (ahead.low !== null) {
        svg.append('path').attr('class', 'range').style('fill', colour).attr('d', d3.line()([known, [x(ahead.until), y(ahead.low)], [x(ahead.until), y(ahead.high)]]) + 'Z');
      }
      path([known, [x(ahead.until), y(ahead.bytes)]], colour, 1.8, '4 4').attr('class', 'ahead');
      path([total[total.length - 1], [x(ahead.until), y(ahead.total)]], 'var(--soft)', 1.3, '4 4');
    }
  });
  if (!narrow) {
    labels.sort((a, b) => a.y - b.y);
    let floor = margin.top - 6;
    for (const label of labels) {
      const at = Math.max(label.y, floor + 15);
      floor = at;
      svg.append('text').attr('x', width - margin.right + 8).attr('y', at + 4).style('font-size', '12.5px').style('fill', label.colour)
        .style('font-family', label.mono ? 'var(--mono)' : null).style('white-space', 'pre').text(label.text);
    }
  }
  return svg.node();
};

charts.blocks = map => width => {
  const wanted = width < 560 ? 9 : 14;
  const across = Math.max(1, Math.min(map.cells.length, Math.floor(width / wanted)));
  const side = Math.min(20, width / across);
  const rows = Math.ceil(map.cells.length / across);
  const svg = charts.svg(width, Math.max(side, rows * side));
  map.cells.forEach((cell, i) => {
    const [address, pages, lost, held, other, free] = cell;
    const all = lost + held + other + free || 1;
    const g = svg.append('g').attr('transform', 'translate(' + (i % across) * side + ',' + Math.floor(i / across) * side + ')');
    g.append('title').text(address + ', ' + page.plural(pages, 'page', 'pages') + ': ' + page.percent(lost / all) + ' lost, ' + page.percent(held / all) + ' held, '
      + page.percent(other / all) + ' other, ' + page.percent(free / all) + ' free');
    let top = side - 1;
    for (const [part, name] of [[free, 'free-fill'], [other, 'other-fill'], [held, 'held-fill'], [lost, 'lost-fill']]) {
      const high = part / all * (side - 1);
      if (high > 0.05) {
        top -= high;
        g.append('rect').attr('class', name).attr('x', 0).attr('y', Math.max(0, top)).attr('width', side - 1).attr('height', high);
      }
    }
  });
  return svg.node();
};

charts.page = pieces => width => {
  const rows = 8;
  const each = 512;
  const high = width < 560 ? 22 : 28;
  const left = width < 560 ? 34 : 44;
  const svg = charts.svg(width, rows * (high + 3));
  const x = d3.scaleLinear().domain([0, each]).range([left, width]);
  for (let row = 0; row < rows; row++) {
    svg.append('text').attr('class', 'soft').attr('x', 0).attr('y', row * (high + 3) + high / 2 + 4).style('font', '11px var(--mono)').text('0x' + (row * each).toString(16).padStart(3, '0'));
  }
  for (const piece of pieces) {
    let at = piece.offset;
    const end = Math.min(4096, piece.offset + piece.size);
    while (at < end) {
      const row = Math.floor(at / each);
      const until = Math.min(end, (row + 1) * each);
      const g = svg.append('g');
      g.append('title').text(piece.address + " '" + piece.tag + "' " + piece.size + ' bytes, ' + (piece.lost ? 'lost' : piece.state));
      const wide = Math.max(1, x(until - row * each) - x(at - row * each) - 1.5);
      g.append('rect').attr('class', piece.lost ? 'lost-fill' : piece.accused ? 'held-fill' : piece.state === 'allocated' ? 'other-fill' : 'free-fill')
        .attr('x', x(at - row * each)).attr('y', row * (high + 3)).attr('width', wide).attr('height', high).attr('rx', 2);
      if (at === piece.offset && wide > 36 && piece.state === 'allocated') {
        g.append('text').attr('x', x(at - row * each) + 4).attr('y', row * (high + 3) + high / 2 + 4).style('font', '600 11px var(--mono)').style('fill', '#fff').style('white-space', 'pre').text(piece.tag);
      }
      at = until;
    }
  }
  return svg.node();
};

charts.owners = graph => width => {
  const list = (title, edges, words) => page.el('div', null, page.el('h3', { text: title }), page.el('ul', { class: 'flow' },
    edges.length ? edges.map(edge => page.el('li', null, page.el('b', { text: page.count(edge.count) }), ' ' + words(edge)))
      : page.el('li', { text: 'nothing in the image' })));
  if (width < 700) {
    return page.el('div', null, list('Who points to them', graph.from, edge => edge.what),
      list('What they point to', graph.to, edge => '+' + edge.offset + ' ' + edge.what));
  }
  const rows = Math.max(graph.from.length, graph.to.length, 1);
  const high = 46;
  const height = rows * high + 40;
  const wide = Math.min(360, width * 0.36);
  const svg = charts.svg(width, height);
  const middle = { x: width / 2, y: 20 + rows * high / 2, w: 120, h: 64 };
  const strongest = d3.max(graph.from.concat(graph.to), edge => edge.count) || 1;
  const weight = d3.scaleSqrt().domain([0, strongest]).range([1, 12]);
  const link = d3.linkHorizontal();
  const room = Math.floor((wide - 20) / 7.7);
  const cut = text => text.length <= room ? text : text.slice(0, room - 1) + '…';
  const side = (edges, x, left) => edges.forEach((edge, i) => {
    const y = 20 + (rows - edges.length) * high / 2 + i * high + high / 2;
    const end = left ? [x + wide, y] : [x, y];
    const centre = [left ? middle.x - middle.w / 2 : middle.x + middle.w / 2, middle.y];
    svg.append('path').attr('d', link({ source: left ? end : centre, target: left ? centre : end })).attr('fill', 'none')
      .style('stroke', edge.driver && !left ? 'var(--lost)' : 'var(--accent)').style('opacity', 0.45).attr('stroke-width', weight(edge.count));
    const g = svg.append('g');
    g.append('title').text(page.count(edge.count) + ' pointers: ' + edge.what);
    g.append('rect').attr('x', x).attr('y', y - 19).attr('width', wide).attr('height', 38).attr('rx', 7)
      .style('fill', 'var(--sunk)').style('stroke', edge.driver && !left ? 'var(--lost)' : 'var(--line)');
    g.append('text').attr('x', x + 10).attr('y', y - 3).style('font-size', '12.5px').style('font-weight', 600).text(cut(edge.what));
    g.append('text').attr('class', 'soft').attr('x', x + 10).attr('y', y + 13).style('font-size', '11.5px')
      .text((left ? '' : 'at offset ' + edge.offset + ', ') + page.plural(edge.count, 'pointer', 'pointers'));
  });
  side(graph.from, 1, true);
  side(graph.to, width - wide - 1, false);
  const g = svg.append('g');
  g.append('rect').attr('x', middle.x - middle.w / 2).attr('y', middle.y - middle.h / 2).attr('width', middle.w).attr('height', middle.h).attr('rx', 10).style('fill', 'var(--lost)');
  g.append('text').attr('x', middle.x).attr('y', middle.y - 4).attr('text-anchor', 'middle').style('font', '650 17px var(--mono)').style('fill', '#fff').style('white-space', 'pre').text("'" + graph.tag + "'");
  g.append('text').attr('x', middle.x).attr('y', middle.y + 17).attr('text-anchor', 'middle').style('font-size', '12px').style('fill', '#fff').text(page.count(graph.blocks) + ' blocks');
  if (!graph.from.length) {
    svg.append('text').attr('class', 'soft').attr('x', 10).attr('y', middle.y + 4).style('font-size', '13px').text('Nothing in the image points to them.');
  }
  return svg.node();
};

charts.timeline = moments => width => {
  const lanes = ['boot', 'event', 'sample', 'image'].filter(kind => moments.some(one => one.kind === kind));
  const high = 40;
  const left = 74;
  const height = lanes.length * high + 34;
  const svg = charts.svg(width, height);
  const times = moments.map(one => new Date(one.time + 'Z'));
  let [from, to] = d3.extent(times);
  if (to - from < 3600e3) { from = new Date(+from - 1800e3); to = new Date(+to + 1800e3); }
  const x = d3.scaleUtc().domain([from, to]).range([left + 12, width - 14]);
  lanes.forEach((lane, i) => {
    const y = i * high + high / 2;
    svg.append('line').attr('x1', left).attr('x2', width).attr('y1', y).attr('y2', y).style('stroke', 'var(--line)');
    svg.append('text').attr('class', 'soft').attr('x', 0).attr('y', y + 4).style('font-size', '12.5px').text({ boot: 'boots', event: 'events', sample: 'samples', image: 'images' }[lane]);
  });
  svg.append('g').attr('class', 'axis').attr('transform', 'translate(0,' + lanes.length * high + ')').call(d3.axisBottom(x).ticks(width < 560 ? 2 : 7).tickFormat(charts.clock).tickSizeOuter(0));
  moments.forEach((one, i) => {
    const g = svg.append('g').attr('transform', 'translate(' + x(times[i]) + ',' + (lanes.indexOf(one.kind) * high + high / 2) + ')');
    g.append('title').text(page.time(one.time) + (one.utc ? ' UTC' : '') + '  ' + one.what);
    g.append('circle').attr('r', one.trouble ? 7 : 5.5).style('fill', one.trouble ? 'var(--lost)' : 'var(--accent)').style('stroke', 'var(--card)').attr('stroke-width', 2);
  });
  return svg.node();
};
